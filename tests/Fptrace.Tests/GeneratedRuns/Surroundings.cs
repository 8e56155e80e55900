namespace Fptrace.GeneratedRuns;

/// <summary>What a command gets besides the file system.</summary>
/// <param name="Variables">Its environment, less what the test itself must set.</param>
/// <param name="Input">The file, outside the world, that its standard input is; null: /dev/null.</param>
/// <param name="Offset">Where the file is read on.</param>
internal sealed record Surroundings(IReadOnlyDictionary<string, string> Variables, string? Input, int Offset)
{
    public override string ToString() =>
        string.Join(' ', Variables
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => $"{pair.Key}={pair.Value}"))
        + $" <{Input ?? "/dev/null"}@{Offset}";
}
