using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Fptrace.Interop;

/// <summary>What this process was given before the runtime changed it: SIGPIPE, which it ignores, and the limit of open files, which it raises.</summary>
/// <remarks>
/// The native executable asks the kernel before the runtime starts (start.c). On an installed runtime nobody could: SIGPIPE is taken
/// to be as in the parent, and the limit as it is.
/// </remarks>
internal static partial class StartState
{
    private const ulong SigpipeBit = 1UL << (signal.SIGPIPE - 1);
    private static (ulong Signals, ulong Limit)? s_inherited;

    /// <summary>What the process that started us was given stands for ours.</summary>
    public static void Inherit(ulong ignoredSignals, ulong openFilesLimit) => s_inherited = (ignoredSignals, openFilesLimit);

    /// <summary>Bits of the ignored signals: 1 &lt;&lt; (number − 1).</summary>
    public static ulong IgnoredSignals()
    {
        if (s_inherited is { } inherited)
        {
            return inherited.Signals;
        }

        ulong ignored = OwnProcess.IgnoredSignals(Environment.ProcessId) & ~SigpipeBit;
        bool sigpipe = RuntimeFeature.IsDynamicCodeSupported
            ? (OwnProcess.IgnoredSignals(OwnProcess.ParentId) & SigpipeBit) != 0
            : fptrace_start_ignores_sigpipe() != 0;
        return ignored | (sigpipe ? SigpipeBit : 0);
    }

    public static ulong OpenFilesLimit() =>
        s_inherited is { } inherited ? inherited.Limit : RuntimeFeature.IsDynamicCodeSupported ? OwnProcess.OpenFilesLimit() : fptrace_start_open_files();

    [LibraryImport("fptrace_start")]
    private static partial int fptrace_start_ignores_sigpipe();

    [LibraryImport("fptrace_start")]
    private static partial ulong fptrace_start_open_files();
}
