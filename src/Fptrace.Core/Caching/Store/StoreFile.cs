using Fptrace.Linux.FileSystem;
using Fptrace.Model;
using Fptrace.Posix;
using Microsoft.Win32.SafeHandles;

namespace Fptrace.Caching.Store;

/// <summary>Reads and writes small files at once.</summary>
internal static class StoreFile
{
    /// <returns>Null if it does not exist, is no regular file, cannot be read or is longer than
    /// <paramref name="limit"/>.</returns>
    public static byte[]? Read(int directory, byte[] name, int limit)
    {
        int descriptor = FilesAt.OpenRead(directory, name, FinalLink.Keep);
        if (descriptor < 0)
        {
            return null;
        }

        using var file = new SafeFileHandle(descriptor, ownsHandle: true);
        FileLook look = FileLook.Of(descriptor);
        if (look.Type != FileType.Regular || look.Size > limit)
        {
            return null;
        }

        try
        {
            byte[] content = new byte[look.Size];
            int length = 0;
            int read;
            while (length < content.Length && (read = RandomAccess.Read(file, content.AsSpan(length), length)) > 0)
            {
                length += read;
            }

            return length == content.Length ? content : content[..length];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Creates a file, which must not exist yet. Removes it again if it cannot be written.</summary>
    /// <returns>0 or −errno.</returns>
    public static int Create(int directory, byte[] name, ReadOnlySpan<byte> content, uint mode)
    {
        int descriptor = FilesAt.Create(directory, name, mode);
        if (descriptor < 0)
        {
            return descriptor;
        }

        using var file = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            RandomAccess.Write(file, content, 0);
            return 0;
        }
        catch (IOException e)
        {
            _ = FilesAt.Unlink(directory, name);
            return FilesAt.ErrorOf(e);
        }
    }
}
