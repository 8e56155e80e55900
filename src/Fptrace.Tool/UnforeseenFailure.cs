using System.Runtime.InteropServices;
using Fptrace.Linux;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Processes;

namespace Fptrace;

/// <summary>Words for an exception that no code of ours expects: a limit of the machine, or a fault of ours.</summary>
internal static class UnforeseenFailure
{
    /// <summary>One line with the remedy, and an exit code.</summary>
    public static FptraceException Of(Exception exception)
    {
        Exception e = exception;
        while (e is TypeInitializationException or AggregateException && e.InnerException is { } inner)
        {
            e = inner;
        }

        if (e is FptraceException known)
        {
            return known;
        }

        if (e is KernelDenialException denial)
        {
            return Of(denial.Message, denial.Error);
        }

        if (e is FileNotFoundException && OwnFiles.WorkingDirectory(out _) == -errno.ENOENT)
        {
            return new FptraceException(ExitCodes.Internal,
                "the working directory is gone; change to another one (cd)");
        }

        if (e is OutOfMemoryException)
        {
            return new FptraceException(ExitCodes.Internal,
                "no memory is left, or no thread can be started: " + Shortage.Remedy());
        }

        // The runtime puts errno there; its own numbers are negative.
        int error = e is IOException or UnauthorizedAccessException ? ErrnoOf(e) : 0;
        return error <= 0
            ? new FptraceException(ExitCodes.Internal,
                $"an error that fptrace does not expect ({e.GetType().Name}: {e.Message}); please report it")
            : Of(Marshal.GetPInvokeErrorMessage(error), error);
    }

    /// <summary>For a request that the kernel denies for want of something.</summary>
    /// <param name="what">What failed.</param>
    /// <param name="error">An errno value.</param>
    public static FptraceException Of(string what, int error) =>
        new(ExitCodes.Internal, Shortage.Remedy(error) is { } remedy ? $"{what}: {remedy}" : what);

    /// <summary>For threads that nobody waits for: says it, and ends the process, and the kernel ends the command with
    /// it.</summary>
    public static void EndOnUnhandled() => AppDomain.CurrentDomain.UnhandledException += (_, args) =>
    {
        FptraceException e = Of((Exception)args.ExceptionObject);
        using var err = new StandardWriter(2);
        err.WriteLine("fptrace: " + e.Message);
        OwnProcess.Exit(e.ExitCode);
    };

    private static int ErrnoOf(Exception e) => e.HResult > 0 ? e.HResult : e.InnerException?.HResult ?? 0;
}
