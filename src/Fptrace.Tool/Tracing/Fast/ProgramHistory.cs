using Fptrace.Model;

namespace Fptrace.Tracing.Fast;

/// <summary>Which programs of a run ask a lot each time that they run: those are armed before they ask. Thread-safe.
/// </summary>
internal sealed class ProgramHistory
{
    // A shell may print a lot once and then run a thousand short scripts.
    private const int TriedAgain = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<ByteString, Counts> _programs = new(PathBytes.Comparer);

    /// <summary>Called at the first question of a process that could be known.</summary>
    /// <returns>Whether most processes of this program have asked a lot.</returns>
    public bool Asks(ByteString program)
    {
        lock (_lock)
        {
            Counts counts = _programs.GetValueOrDefault(program);
            bool asks = counts.AskedALot * 2 > counts.Processes && ++counts.Expected % TriedAgain != 0;
            counts.Processes += asks ? 0 : 1;
            _programs[program] = counts;
            return asks;
        }
    }

    /// <summary>Called when a process has asked a lot of which nobody had expected it.</summary>
    public void AskedALot(ByteString program)
    {
        lock (_lock)
        {
            Counts counts = _programs.GetValueOrDefault(program);
            counts.AskedALot++;
            _programs[program] = counts;
        }
    }

    private record struct Counts(int Processes, int AskedALot, int Expected);
}
