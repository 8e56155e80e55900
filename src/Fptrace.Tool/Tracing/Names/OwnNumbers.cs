using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Proc;
using Fptrace.Linux.Processes;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Names;

/// <summary>Numbers of processes as tracees know them: in a PID namespace of theirs they mean others than here.</summary>
internal static class OwnNumbers
{
    /// <summary>Whether a number by which a tracee calls a process or thread means this one.</summary>
    public static bool MeanUs(int tid, int number) => number > 0 && Children.IsThreadOf(Environment.ProcessId, number) && AreKnownTo(tid);

    /// <summary>Whether a tracee has the numbers that we have.</summary>
    public static bool AreKnownTo(int tid)
    {
        Span<byte> its = stackalloc byte[64];
        Span<byte> ours = stackalloc byte[64];
        int length = Files.ReadLink(ProcPath.Of(tid, "ns/pid"u8), its);
        int ourLength = Files.ReadLink("/proc/self/ns/pid\0"u8, ours);
        return length > 0 && ourLength > 0 && its[..length].SequenceEqual(ours[..ourLength]);
    }
}
