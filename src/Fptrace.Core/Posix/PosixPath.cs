using System.Text;
using Fptrace.Model;

namespace Fptrace.Posix;

/// <summary>Paths as the C library takes them.</summary>
internal static class PosixPath
{
    /// <summary>
    /// The bytes of a path, with a NUL at the end. The text may have the escapes of <see cref="ByteString"/>.
    /// </summary>
    public static byte[] Bytes(string path) =>
        [.. path.Contains('\0', StringComparison.Ordinal)
            ? ByteString.Parse(path).Span
            : Encoding.UTF8.GetBytes(path), 0];
}
