using System.Text;
using Fptrace.Model;

namespace Fptrace.Posix;

/// <summary>Paths as the C library takes them.</summary>
internal static class PosixPath
{
    /// <summary>A path that is text as <see cref="ByteString"/> writes it, with a NUL behind.</summary>
    public static byte[] Bytes(string path) =>
        [.. path.Contains('\0', StringComparison.Ordinal)
            ? ByteString.Parse(path).Span
            : Encoding.UTF8.GetBytes(path), 0];
}
