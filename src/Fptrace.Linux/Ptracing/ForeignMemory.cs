using System.Runtime.InteropServices;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Linux.Proc;

namespace Fptrace.Linux.Ptracing;

/// <summary>The memory of one address space, which /proc/PID/mem lets its tracer write, even where its own program may
/// only read.</summary>
/// <remarks>Rights are checked when it is opened, so later changes of the process's credentials deny nothing.</remarks>
internal sealed class ForeignMemory : IDisposable
{
    // Once it is closed, the number may mean another file.
    private readonly Lock _lock = new();
    private int _fd;

    private ForeignMemory(int fd) => _fd = fd;

    ~ForeignMemory() => Close();

    /// <returns>null when it is denied.</returns>
    public static ForeignMemory? Open(int tid)
    {
        int fd = Files.Open(fcntl.AT_FDCWD, ProcPath.Of(tid, "mem"u8), fcntl.O_RDWR | fcntl.O_CLOEXEC);
        return fd < 0 ? null : new ForeignMemory(fd);
    }

    public bool TryRead(ulong address, Span<byte> target)
    {
        lock (_lock)
        {
            return libc.pread(_fd, ref MemoryMarshal.GetReference(target), target.Length, (long)address)
                == target.Length;
        }
    }

    public bool TryWrite(ulong address, ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            return libc.pwrite(_fd, MemoryMarshal.GetReference(bytes), bytes.Length, (long)address) == bytes.Length;
        }
    }

    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }

    private void Close()
    {
        lock (_lock)
        {
            if (_fd >= 0)
            {
                Files.Close(_fd);
                _fd = -1;
            }
        }
    }
}
