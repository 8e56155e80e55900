using Fptrace.Linux.FileSystem;

namespace Fptrace.Linux.Proc;

/// <summary>The status of this process in /proc/self/status.</summary>
internal static class OwnStatus
{
    private static readonly Lazy<ProcessStatus> s_first = new(Now);

    /// <summary>The status when it was first read. It is kept, because a read takes 10 µs.</summary>
    public static ProcessStatus First => s_first.Value;

    public static ProcessStatus Now() => new(Files.ReadAll("/proc/self/status\0"u8));

    /// <summary>Whether the main thread has a capability now.</summary>
    public static bool HasCapability(int number) => (Now().EffectiveCapabilities >> number & 1) != 0;
}
