using System.Buffers.Binary;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Manifests.Checking;

/// <summary>The files in which Python keeps compiled modules (PEP 3147, PEP 552).</summary>
/// <remarks>
/// Python compares such a file with its source, by the source's mtime and size or by a digest. Mtime and size can
/// deceive if the source changes twice within a second. So a compiled file counts unless it is younger than the last
/// change of its source, which ctime shows. A file that Python does not compare with its source counts, too.
/// </remarks>
internal static class CompiledPython
{
    private const int FlagsOffset = 4;
    private const int HeaderSize = 16;

    /// <summary>PEP 552: the file holds a digest of its source (1), and Python checks it (2).</summary>
    private const uint CheckedDigest = 3;

    private static ReadOnlySpan<byte> DirectoryName => "__pycache__"u8;

    public static bool IsDirectory(ReadOnlySpan<byte> path) => path.EndsWith(DirectoryName)
        && path.Length > DirectoryName.Length && path[^(DirectoryName.Length + 1)] == (byte)'/';

    /// <summary>The source of <c>__pycache__/NAME.TAG.pyc</c>; null for any other name.</summary>
    public static ByteString? SourceOf(ByteString path)
    {
        ReadOnlySpan<byte> whole = path.Span;
        int slash = whole.LastIndexOf((byte)'/');
        if (slash < 0 || !whole.EndsWith(".pyc"u8) || !IsDirectory(whole[..slash]))
        {
            return null;
        }

        ReadOnlySpan<byte> name = whole[(slash + 1)..];
        return new ByteString(
            [.. whole[..(slash - DirectoryName.Length)], .. name[..name.IndexOf((byte)'.')], .. ".py"u8]);
    }

    /// <summary>Whether the content follows from the source, so that the file need not count.</summary>
    /// <remarks>Either the file matches its source, or Python compiles the source again.</remarks>
    public static bool IsChecked(ByteString path, ByteString source)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        try
        {
            using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path.ToString());
            if (RandomAccess.Read(file, header, 0) < HeaderSize)
            {
                return false;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }

        FileLook compiled = FileLook.At(fcntl.AT_FDCWD, [.. path.Span, 0], FinalLink.Follow);
        FileLook text = FileLook.At(fcntl.AT_FDCWD, [.. source.Span, 0], FinalLink.Follow);
        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(header[FlagsOffset..]);
        return compiled.Type == FileType.Regular && text.Type == FileType.Regular
            && (flags == CheckedDigest || (flags == 0 && text.Times.ChangedNs < compiled.Times.ModifiedNs));
    }
}
