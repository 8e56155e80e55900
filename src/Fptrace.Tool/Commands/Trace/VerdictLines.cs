using System.Globalization;
using Fptrace.Model;

namespace Fptrace.Commands.Trace;

/// <summary>Makes the lines on stderr about a trace that may lack something.</summary>
internal static class VerdictLines
{
    /// <param name="summary">The summary of the trace.</param>
    /// <param name="options">Tell how much to say.</param>
    public static IEnumerable<string> Of(TraceSummary summary, TraceOptions options)
    {
        IReadOnlyList<IncompleteReason> reasons = summary.Verdict.Reasons;
        return !options.Verbose ? Losses(reasons, options)
            : summary.Verdict.IsComplete ? [$"the trace is complete (engine {summary.Engine})"]
            : reasons.Select(reason => $"the trace is incomplete: {Words(reason)}");
    }

    /// <summary>
    /// Makes a line for each kind of loss. deps.json and the scripts hold no verdict, so their readers learn of it
    /// here.
    /// </summary>
    private static IEnumerable<string> Losses(IReadOnlyList<IncompleteReason> reasons, TraceOptions options)
    {
        foreach (IGrouping<string, IncompleteReason> kind in reasons.GroupBy(reason => reason.Kind))
        {
            IncompleteReason first = kind.First();
            if (kind.Key is IncompleteReason.InnerTracer or IncompleteReason.InnerListener
                or IncompleteReason.InnerFilter or IncompleteReason.LostRights or IncompleteReason.Released)
            {
                // Tracing made something fail in the command, and the command's own message does not say why. Or a
                // program ran untraced. So each such program gets a line, whatever is traced.
                foreach (IncompleteReason reason in kind.DistinctBy(reason => reason.Detail))
                {
                    yield return Words(reason);
                }
            }
            else if (options.AsksForSomething && !new Verdict([first]).HoldsAllFiles)
            {
                int others = kind.Count() - 1;
                yield return $"the trace is incomplete: {Words(first)}"
                    + (others == 0
                        ? ""
                        : string.Create(CultureInfo.InvariantCulture,
                            $", and {others} more of that kind; -v tells all"));
            }
        }
    }

    private static string Words(IncompleteReason reason) =>
        $"{reason.Kind}: {reason.Detail}"
            + (reason.Pid == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" (process {reason.Pid})"));
}
