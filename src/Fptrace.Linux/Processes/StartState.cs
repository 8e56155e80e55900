using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;

namespace Fptrace.Linux.Processes;

/// <summary>What this process was given before the runtime changed it: signals that it ignores or handles, and the
/// limit of open files, which it raises.</summary>
/// <remarks>
/// The native executable asks the kernel before the runtime starts (start.c). On an installed runtime nobody could: the
/// signals that it takes over are assumed to be as in the parent, and the limit as it is.
/// </remarks>
internal static partial class StartState
{
    // An installed runtime ignores SIGPIPE and handles SIGTERM whatever it was given, and we ignore SIGXFSZ. SIGINT,
    // SIGQUIT and SIGHUP it leaves ignored.
    private const ulong TakenOver = (1UL << (signal.SIGPIPE - 1)) | (1UL << (signal.SIGTERM - 1))
        | (1UL << (signal.SIGXFSZ - 1));

    // start.c asks for the signals below the real-time ones.
    private const ulong Asked = (1UL << 31) - 1;

    private static (ulong Signals, ulong Limit)? s_inherited;

    /// <summary>The runtime has started. Where it cannot, for want of memory, start.c says so in its place.</summary>
    public static void Begin()
    {
        if (!RuntimeFeature.IsDynamicCodeSupported)
        {
            fptrace_start_began();
        }
    }

    /// <summary>What the process that started us was given stands for ours.</summary>
    public static void Inherit(ulong ignoredSignals, ulong openFilesLimit) =>
        s_inherited = (ignoredSignals, openFilesLimit);

    /// <summary>Bits of the ignored signals: 1 &lt;&lt; (number − 1).</summary>
    public static ulong IgnoredSignals()
    {
        if (s_inherited is { } inherited)
        {
            return inherited.Signals;
        }

        (ulong given, ulong known) = RuntimeFeature.IsDynamicCodeSupported
            ? (ProcessStatus.Of(OwnProcess.ParentId).IgnoredSignals, TakenOver)
            : (fptrace_start_ignored_signals(), Asked);
        return (OwnStatus.Now().IgnoredSignals & ~known) | (given & known);
    }

    public static ulong OpenFilesLimit() =>
        s_inherited is { } inherited ? inherited.Limit : RuntimeFeature.IsDynamicCodeSupported
            ? OwnProcess.OpenFilesLimit()
            : fptrace_start_open_files();

    [LibraryImport("fptrace_start")]
    private static partial void fptrace_start_began();

    [LibraryImport("fptrace_start")]
    private static partial ulong fptrace_start_ignored_signals();

    [LibraryImport("fptrace_start")]
    private static partial ulong fptrace_start_open_files();
}
