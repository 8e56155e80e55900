using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;

namespace Fptrace.Output;

/// <summary>Holds an output until it can be put in place. It has no name, so the command cannot see it.</summary>
/// <remarks>
/// A short output stays in a buffer, and a longer one in a memory file (memfd_create(2)). One that would take much
/// memory moves to a nameless file (O_TMPFILE) in the directory for temporary files. It is not created beside the
/// output, because a program that watches that directory (inotify(7)) would see each write.
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

    /// <exception cref="OutputError">There is no space left.</exception>
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

    /// <summary>Writes the whole output to a descriptor.</summary>
    /// <exception cref="OutputError">The target cannot be written, or the spool cannot be read.</exception>
    public void CopyTo(int target) => CopyTo(target, 0, Length);

    /// <summary>Writes a part of the output to a descriptor.</summary>
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

    /// <summary>Moves the output from memory to a file. If that fails, it stays in memory.</summary>
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
            // The output stays in memory.
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
