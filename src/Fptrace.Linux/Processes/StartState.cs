using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;

namespace Fptrace.Linux.Processes;

/// <summary>
/// The state that this process inherited and the runtime changed: ignored signals, and the limit of open files.
/// </summary>
/// <remarks>
/// The native executable asks the kernel before the runtime starts (start.c). On an installed runtime that is not
/// possible. There, the signals that the runtime takes over are assumed to be as in the parent process, and the limit
/// as it is now.
/// </remarks>
internal static partial class StartState
{
    // An installed runtime ignores SIGPIPE and handles SIGTERM in any case, and we ignore SIGXFSZ. If SIGINT, SIGQUIT
    // and SIGHUP were ignored, the runtime leaves them so.
    private const ulong TakenOver = (1UL << (signal.SIGPIPE - 1)) | (1UL << (signal.SIGTERM - 1))
        | (1UL << (signal.SIGXFSZ - 1));

    // The signals that start.c asks for: all but the real-time ones.
    private const ulong Asked = (1UL << 31) - 1;

    private static (ulong Signals, ulong Limit)? s_inherited;

    /// <summary>
    /// Tells start.c that the runtime has started. If it cannot start for want of memory, start.c reports that.
    /// </summary>
    public static void Begin()
    {
        if (!RuntimeFeature.IsDynamicCodeSupported)
        {
            fptrace_start_began();
        }
    }

    /// <summary>Uses the state that the process which started us had inherited, in place of our own.</summary>
    public static void Inherit(ulong ignoredSignals, ulong openFilesLimit) =>
        s_inherited = (ignoredSignals, openFilesLimit);

    /// <summary>The ignored signals. A signal has the bit 1 &lt;&lt; (number − 1).</summary>
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
