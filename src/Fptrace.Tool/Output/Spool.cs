using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;

namespace Fptrace.Output;

/// <summary>What was written so far of an output whose time has not come: without a name anywhere, so that no command
/// meets it.</summary>
/// <remarks>
/// A short one stays in a buffer, a longer one is a file in memory, and one that would take much memory is moved to a
/// file without a name in the directory for temporary files. It is not made beside the output: whoever watches that
/// directory (inotify) would see each write.
/// </remarks>
internal sealed class Spool : IDisposable
{
    private const int BufferSize = 1 << 16;
    private const int MostInMemory = 1 << 24;
    private readonly byte[] _buffer = new byte[BufferSize];
    private int _used;
    private int _fd = -1;
    private long _inFile;
    private bool _hasMoved;

    public long Length => _inFile + _used;

    /// <exception cref="OutputError">There is no room for it.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _buffer.Length - _used)
        {
            Drain();
            if (bytes.Length > _buffer.Length)
            {
                Append(bytes);
                return;
            }
        }

        bytes.CopyTo(_buffer.AsSpan(_used));
        _used += bytes.Length;
    }

    /// <summary>Writes all of it to a descriptor.</summary>
    /// <exception cref="OutputError">It could not be written, or read.</exception>
    public void CopyTo(int target) => CopyTo(target, 0, Length);

    /// <summary>The same for a part.</summary>
    public void CopyTo(int target, long offset, long length)
    {
        long end = offset + length;
        byte[] chunk = offset < _inFile ? new byte[BufferSize] : [];
        while (offset < Math.Min(end, _inFile))
        {
            int wanted = (int)Math.Min(chunk.Length, Math.Min(end, _inFile) - offset);
            int read = OutputError.Check(Files.ReadAt(_fd, offset, chunk.AsSpan(0, wanted)));
            if (read == 0)
            {
                throw new OutputError(errno.EIO);
            }

            OutputError.Check(Pipes.WriteAll(target, chunk.AsSpan(0, read)));
            offset += read;
        }

        if (offset < end)
        {
            OutputError.Check(Pipes.WriteAll(target, _buffer.AsSpan((int)(offset - _inFile), (int)(end - offset))));
        }
    }

    public void Dispose()
    {
        Files.Close(_fd);
        _fd = -1;
    }

    private void Drain()
    {
        Append(_buffer.AsSpan(0, _used));
        _used = 0;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (_fd < 0)
        {
            int fd = OwnFiles.OpenMemory();
            _fd = OutputError.Check(fd >= 0 ? fd : OpenNameless());
        }
        else if (_inFile >= MostInMemory && !_hasMoved)
        {
            Move();
        }

        OutputError.Check(Pipes.WriteAll(_fd, bytes));
        _inFile += bytes.Length;
    }

    /// <summary>Where there is no room it stays in memory.</summary>
    private void Move()
    {
        _hasMoved = true;
        int fd = OpenNameless();
        if (fd < 0)
        {
            return;
        }

        try
        {
            CopyTo(fd, 0, _inFile);
            (fd, _fd) = (_fd, fd);
        }
        catch (OutputError)
        {
            // As it was.
        }

        Files.Close(fd);
    }

    private static int OpenNameless()
    {
        int fd = -errno.ENOENT;
        foreach (string? directory in (string?[])[Environment.GetEnvironmentVariable("TMPDIR"), "/var/tmp", "/tmp"])
        {
            if (fd < 0 && !string.IsNullOrEmpty(directory))
            {
                fd = OwnFiles.OpenNameless(OutputPath.Terminated(System.Text.Encoding.UTF8.GetBytes(directory)));
            }
        }

        return fd;
    }
}
