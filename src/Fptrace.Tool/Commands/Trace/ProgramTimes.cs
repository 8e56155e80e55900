using System.Text;
using Fptrace.Model;
using Fptrace.Output;

namespace Fptrace.Commands.Trace;

/// <summary>
/// Adds up how long programs ran themselves: without the time in which programs that they started ran.
/// </summary>
internal sealed class ProgramTimes
{
    private readonly Dictionary<int, List<(long Start, long End)>> _children = [];
    private readonly Dictionary<string, (long OwnNs, int Times)> _programs = new(StringComparer.Ordinal);

    /// <summary>
    /// Adds an execution that has ended. A program usually ends, and is added, after those that it started.
    /// </summary>
    public void Add(Execution execution)
    {
        _children.Remove(execution.Id, out List<(long Start, long End)>? children);
        long own = execution.EndNs - execution.StartNs - Covered(children ?? [], execution);
        string name = Encoding.UTF8.GetString(BaseName.Of(execution.Path));
        (long ownNs, int times) = _programs.GetValueOrDefault(name);
        _programs[name] = (ownNs + Math.Max(own, 0), times + 1);
        if (execution.ParentId != 0)
        {
            if (!_children.TryGetValue(execution.ParentId, out List<(long Start, long End)>? siblings))
            {
                _children.Add(execution.ParentId, siblings = []);
            }

            siblings.Add((execution.StartNs, execution.EndNs));
        }
    }

    /// <param name="most">How many programs to name.</param>
    public string Describe(int most) =>
        string.Join(", ", _programs
            .OrderByDescending(program => program.Value.OwnNs)
            .Take(most)
            .Select(program => $"{program.Key} {TraceReport.Seconds(program.Value.OwnNs)}"
                + (program.Value.Times > 1 ? $" ({program.Value.Times} times)" : "")));

    /// <summary>How much of the execution's time overlaps with at least one of its children.</summary>
    private static long Covered(List<(long Start, long End)> children, Execution execution)
    {
        children.Sort();
        long covered = 0;
        long reached = execution.StartNs;
        foreach ((long start, long end) in children)
        {
            long until = Math.Min(end, execution.EndNs);
            covered += Math.Max(0, until - Math.Max(start, reached));
            reached = Math.Max(reached, until);
        }

        return covered;
    }
}
