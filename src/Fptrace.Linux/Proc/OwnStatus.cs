using Fptrace.Linux.FileSystem;

namespace Fptrace.Linux.Proc;

/// <summary>What /proc/self/status says of this process.</summary>
internal static class OwnStatus
{
    private static readonly Lazy<ProcessStatus> s_first = new(Now);

    /// <summary>When it was first asked for: the kernel takes 10 µs to write it.</summary>
    public static ProcessStatus First => s_first.Value;

    public static ProcessStatus Now() => new(Files.ReadAll("/proc/self/status\0"u8));

    /// <summary>Whether the main thread has a capability now.</summary>
    public static bool HasCapability(int number) => (Now().EffectiveCapabilities >> number & 1) != 0;
}
