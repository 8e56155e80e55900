namespace Fptrace.GeneratedRuns;

/// <summary>How a command that <see cref="Stage"/> ran ended.</summary>
/// <param name="ExitCode">128 + N after signal N.</param>
/// <param name="Offset">Of its standard input, afterwards.</param>
/// <param name="Output">stdout.</param>
/// <param name="Error">stderr.</param>
internal sealed record StageResult(int ExitCode, long Offset, string Output, string Error)
{
    /// <summary>Whether the tool has written this line.</summary>
    public bool Says(string line) => ("\n" + Error).Contains("\n" + line, StringComparison.Ordinal);

    /// <summary>Why the last run did not count, or else why this one ran.</summary>
    public string Reason(StageResult last) =>
        (last.Error + Error).Split('\n').FirstOrDefault(line => line.Contains("again: ", StringComparison.Ordinal))
            ?? Error.Split('\n').FirstOrDefault(line => line.StartsWith("fptrace: ", StringComparison.Ordinal))
                ?? "";

    /// <returns>What this run did otherwise than the truth; null: nothing.</returns>
    public string? Difference(StageResult truth) =>
        truth.ExitCode != ExitCode ? $"exit code {ExitCode}, not {truth.ExitCode}"
            : truth.Offset != Offset ? $"left stdin at {Offset}, not {truth.Offset}"
            : truth.Output != Output ? Line(Output, truth.Output)
            : null;

    private static string Line(string printed, string truth)
    {
        string[] lines = printed.Split('\n');
        string[] right = truth.Split('\n');
        int at = lines.Zip(right).TakeWhile(pair => pair.First == pair.Second).Count();
        return $"printed \"{lines.ElementAtOrDefault(at)}\", not \"{right.ElementAtOrDefault(at)}\"";
    }
}
