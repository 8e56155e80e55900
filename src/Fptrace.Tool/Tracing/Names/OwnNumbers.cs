using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Proc;
using Fptrace.Linux.Processes;

namespace Fptrace.Tracing.Names;

/// <summary>Process ids as tracees use them. In another PID namespace they mean other processes than here.</summary>
internal static class OwnNumbers
{
    /// <summary>Whether an id by which a tracee names a process or thread means one of our threads.</summary>
    public static bool MeanUs(int tid, int number) =>
        number > 0 && Children.IsThreadOf(Environment.ProcessId, number) && AreKnownTo(tid);

    /// <summary>Whether a tracee is in our PID namespace, so that ids mean the same to both.</summary>
    public static bool AreKnownTo(int tid)
    {
        Span<byte> its = stackalloc byte[64];
        Span<byte> ours = stackalloc byte[64];
        int length = Files.ReadLink(ProcPath.Of(tid, "ns/pid"u8), its);
        int ourLength = Files.ReadLink("/proc/self/ns/pid\0"u8, ours);
        return length > 0 && ourLength > 0 && its[..length].SequenceEqual(ours[..ourLength]);
    }
}
