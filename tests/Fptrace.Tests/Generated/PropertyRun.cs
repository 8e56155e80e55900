using System.Globalization;
using Fptrace.Engine;

namespace Fptrace.Generated;

/// <summary>Many cases under one run of the tool, and what of each the trace has otherwise than predicted.</summary>
internal static class PropertyRun
{
    private const string Parallel = "3";

    /// <returns>For each case what is wrong, or null.</returns>
    public static string?[] Check(string engine, bool probes, IReadOnlyList<IReadOnlyList<Step>> cases)
    {
        using var directory = new WorkDirectory();
        string script = Path.Combine(directory.Results, "script");
        List<string> lines = [.. Enumerable.Repeat("", cases.Count + 1)];
        lines[0] = cases.Count.ToString(CultureInfo.InvariantCulture);
        var predictions = new Prediction[cases.Count];
        for (int i = 0; i < cases.Count; i++)
        {
            string place = directory.Path(string.Create(CultureInfo.InvariantCulture, $"case{i}"));
            lines[i + 1] = string.Create(CultureInfo.InvariantCulture, $"{lines.Count} {place}");
            predictions[i] = Prediction.Of(cases[i], place, probes, lines);
        }

        File.WriteAllLines(script, lines);
        TracedRun run = TracedRun.With(directory, engine, probes ? ["--probes"] : [],
            [TestPrograms.Path("steps"), script, Parallel]);
        Assert.True(run.Result.ExitCode == 0, $"exit {run.Result.ExitCode}; {run.Result.Error}");
        Assert.True(run.Trace.IsComplete, run.Trace.Verdict);

        Dictionary<int, int> lineOf = run.Trace.Executions
            .Where(execution => execution.Arguments.Count == 4)
            .ToDictionary(execution => execution.Id,
                execution => int.Parse(execution.Arguments[3], CultureInfo.InvariantCulture));
        ILookup<string, TracedAccess> byPlace = run.Trace.Accesses
            .Where(access => lineOf.ContainsKey(access.Execution)
                && access.Path.StartsWith(directory.Work + "/case", StringComparison.Ordinal))
            .ToLookup(access => PlaceOf(access.Path, directory.Work));
        return [.. predictions.Select((prediction, i) => Compare(
            prediction,
            [.. byPlace[string.Create(CultureInfo.InvariantCulture, $"case{i}")]],
            access => Text(lineOf[access.Execution], access.Kind, access.Path, access.Counterpart),
            lines,
            int.Parse(lines[i + 1].Split(' ')[0], CultureInfo.InvariantCulture)))];
    }

    private static string PlaceOf(string path, string work) => path[(work.Length + 1)..].Split('/')[0];

    private static string Text(int line, string kind, string path, string? counterpart) =>
        string.Create(CultureInfo.InvariantCulture, $"{line} {kind} {path} {counterpart}");

    private static string? Compare(Prediction prediction, IReadOnlyList<TracedAccess> actual,
        Func<TracedAccess, string> text, List<string> lines, int first)
    {
        int i = 0;
        string[] got = [.. actual.Select(text)];
        foreach (PredictedAccess access in prediction.Accesses)
        {
            string expected = Text(access.Line, access.Kind, access.Path, access.Counterpart);
            if (i < got.Length && got[i] == expected)
            {
                i++;
            }
            else if (!access.IsOptional)
            {
                return Explain($"expected  {expected}\ngot       {(i < got.Length ? got[i] : "nothing more")}");
            }
        }

        return i < got.Length ? Explain($"invented  {got[i]}") : null;

        string Explain(string difference)
        {
            int end = first;
            for (int depth = 1; depth > 0; end++)
            {
                depth += lines[end] == "end" ? -1 : lines[end][0] is '+' or '-' ? 0 : 1;
            }

            IEnumerable<string> script = lines.Skip(first).Take(end - first)
                .Select((line, n) => string.Create(CultureInfo.InvariantCulture, $"{first + n,5} {line}"));
            string before = string.Join('\n', got.Take(i).Select(line => "  " + line));
            return $"{difference}\nafter\n{before}\nscript\n{string.Join('\n', script)}";
        }
    }
}
