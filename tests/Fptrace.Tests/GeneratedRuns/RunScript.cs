using System.Globalization;
using Fptrace.Generated;

namespace Fptrace.GeneratedRuns;

/// <summary>Steps as lines of tests/programs/sights.c.</summary>
internal static class RunScript
{
    public static string Text(IReadOnlyList<Step> steps) => string.Join('\n', Lines(steps));

    /// <summary>Every path that stands in it, also those in programs of the world.</summary>
    public static IReadOnlyList<string> Paths(IReadOnlyList<Step> steps, World world)
    {
        IEnumerable<string> texts = [Text(steps),
            .. world.Nodes.Values.Where(node => node.Text.StartsWith("#!", StringComparison.Ordinal))
                .Select(node => node.Text)];
        return [.. texts.SelectMany(text => text.Split('\n'))
            .Where(line => !line.StartsWith("env", StringComparison.Ordinal)
                && !line.StartsWith("stdin", StringComparison.Ordinal)
                && !line.StartsWith("held", StringComparison.Ordinal))
            .SelectMany(line => line.Split(' ').Skip(1))
                .Where(word => word.Length > 0 && !char.IsAsciiDigit(word[0]) && word[0] != '-')
            .Distinct(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> Lines(IReadOnlyList<Step> steps)
    {
        foreach (Step step in steps)
        {
            yield return Line(step);
            if (step.Block is { } block)
            {
                foreach (string line in Lines(block))
                {
                    yield return line;
                }

                yield return "end";
            }
        }
    }

    private static string Line(Step step)
    {
        string number = step.Flags.ToString(CultureInfo.InvariantCulture);
        return step.Call switch
        {
            "fork" or "cwd" => step.Call,
            "access" or "able" or "open" or "cut" or "chmod" or "stdin" or "hold" or "confined" or "runopen" =>
                $"{step.Call} {step.Path} {number}",
            "write" => $"{step.Call} {step.Path} {number} {step.Path2}",
            "rename" => $"{step.Call} {step.Path} {step.Path2} {number}",
            _ => $"{step.Call} {step.Path} {step.Path2}".TrimEnd(),
        };
    }
}
