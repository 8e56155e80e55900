using System.Runtime.InteropServices;
using System.Text;
using Fptrace.Linux.Headers;
using Fptrace.Model;

namespace Fptrace.Output;

/// <summary>Describes the failure to write an output in one line, with a remedy.</summary>
internal static class WriteFailure
{
    public static FptraceException Of(string path, OutputError error)
    {
        (string reason, string remedy) = Explain(error.Errno);
        return Of(path, error.IsPartial ? reason + ", and a part of it stands there now" : reason, remedy);
    }

    public static FptraceException Of(string path, int error)
    {
        (string reason, string remedy) = Explain(error);
        return Of(path, reason, remedy);
    }

    public static FptraceException Of(string path, string reason, string remedy) =>
        new(ExitCodes.Output, $"cannot write {Shown(path)}: {reason}; {remedy}");

    /// <summary>Shows a name on one line, whatever it contains.</summary>
    private static string Shown(string path) =>
        path.Length == 0 ? "''"
            : path == "-" ? "stdout"
            : Encoding.UTF8.GetString(new TextLine().Name(ByteString.Parse(path)).Bytes);

    private static (string Reason, string Remedy) Explain(int error) => error switch
    {
        errno.ENOENT => ("its directory does not exist", "create the directory first"),
        errno.ENOTDIR => ("a part of its path is no directory", "choose another place"),
        errno.EACCES => ("permission denied", "choose a place that you may write to"),
        errno.EPERM => ("its attributes or those of its directory forbid it", "choose another place"),
        errno.EFBIG => ("it is larger than the limit of file sizes allows", "raise the limit (ulimit -f)"),
        errno.EIO => ("input/output error", "check the disk or choose another place"),
        errno.EISDIR => ("it is a directory", "name a file"),
        errno.ENOSPC => ("no space left on device", "free some space or choose another place"),
        errno.EDQUOT => ("disk quota exceeded", "free some space or choose another place"),
        errno.EROFS => ("the file system is read-only", "choose another place"),
        errno.EPIPE => ("its reader has gone", "let the reader read to the end"),
        errno.ELOOP => ("its symbolic links lead round in a circle", "choose another file"),
        errno.ENAMETOOLONG => ("the name is too long", "choose a shorter name"),
        _ => (Marshal.GetPInvokeErrorMessage(error), Shortage.Remedy(error) ?? "choose another file"),
    };
}
