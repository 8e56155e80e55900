using System.Runtime.InteropServices;

namespace Fptrace.Output;

/// <summary>Puts what the runtime throws when a file cannot be written into one line with a remedy.</summary>
/// <remarks>
/// The runtime's own messages are not used: the published tool is built without them (UseSystemResourceKeys), and they name
/// the temporary file where the user knows only the final one.
/// </remarks>
internal static class WriteFailure
{
    private const int EIO = 5;
    private const int EISDIR = 21;
    private const int ENOSPC = 28;
    private const int EROFS = 30;
    private const int EPIPE = 32;
    private const int ENAMETOOLONG = 36;
    private const int ELOOP = 40;
    private const int EDQUOT = 122;
    private const int LargestErrno = 4095;

    /// <summary>Whether <paramref name="exception"/> comes from the file system rather than from a mistake of ours.</summary>
    public static bool Is(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or NotSupportedException;

    public static FptraceException Of(string path, Exception exception)
    {
        (string reason, string remedy) = Explain(exception);
        return Of(path, reason, remedy);
    }

    public static FptraceException Of(string path, int errno)
    {
        (string reason, string remedy) = ExplainErrno(errno);
        return Of(path, reason, remedy);
    }

    public static FptraceException Of(string path, string reason, string remedy) =>
        new(ExitCodes.Output, $"cannot write {(path.Length == 0 ? "''" : path == "-" ? "stdout" : path)}: {reason}; {remedy}");

    private static (string Reason, string Remedy) Explain(Exception exception) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => ("its directory does not exist", "create the directory first"),
        PathTooLongException => ("the name is too long", "choose a shorter name"),
        UnauthorizedAccessException { InnerException: IOException inner } when inner.HResult == EISDIR => Directory,
        UnauthorizedAccessException => ("permission denied", "choose a place that you may write to"),
        IOException => ExplainErrno(exception.HResult),
        _ => ("the name is not valid", "choose another file"),
    };

    private static (string Reason, string Remedy) Directory => ("it is a directory", "name a file");

    private static (string Reason, string Remedy) ExplainErrno(int errno) => errno switch
    {
        EIO => ("input/output error", "check the disk or choose another place"),
        EISDIR => Directory,
        ENOSPC => ("no space left on device", "free some space or choose another place"),
        EDQUOT => ("disk quota exceeded", "free some space or choose another place"),
        EROFS => ("the file system is read-only", "choose another place"),
        EPIPE => ("its reader has gone", "let the reader read to the end"),
        ELOOP => ("its symbolic links lead round in a circle", "choose another file"),
        ENAMETOOLONG => ("the name is too long", "choose a shorter name"),

        // Other failures carry an errno as it is or, where the runtime found the fault itself, an HRESULT, which is negative.
        > 0 and <= LargestErrno => (Marshal.GetPInvokeErrorMessage(errno), "choose another file"),
        _ => ("it could not be written", "choose another file"),
    };
}
