using Fptrace.Linux.Imports;

namespace Fptrace.Linux.Ptracing;

/// <summary>Memory of ours that other processes may read and execute: a System V segment.</summary>
/// <remarks>
/// Whoever attaches it needs no descriptor, only its number (shmat(2)). It is marked for removal as soon as this
/// process has it. So the kernel frees it when no process has it any more, however they end.
/// </remarks>
internal sealed unsafe class SharedMemory
{
    /// <summary>SHM_RDONLY and SHM_EXEC.</summary>
    public const ulong AttachFlags = 0x9000;

    private const int OwnerOnly = 0x180; // 0600
    private const uint OwnerExecutes = 0x140; // 0500

    // struct shmid_ds (asm-generic/shmbuf.h): more than it has, and where its mode is.
    private const int SizeOfState = 256;
    private const int ModeAt = 20;

    private readonly byte* _start;
    private readonly int _size;

    private SharedMemory(int id, byte* start, int size)
    {
        Id = id;
        _start = start;
        _size = size;
    }

    /// <summary>Its number in our IPC namespace.</summary>
    public int Id { get; }

    public Span<byte> Bytes => new(_start, _size);

    /// <param name="size">In bytes. All are 0 at first.</param>
    /// <returns>null where there can be none.</returns>
    public static SharedMemory? Create(int size)
    {
        int id = libc.shmget(0, size, OwnerOnly);
        if (id < 0)
        {
            return null;
        }

        nint start = libc.shmat(id, 0, 0);
        _ = libc.shmctl(id, libc.IPC_RMID, 0);
        byte* state = stackalloc byte[SizeOfState];
        if (libc.shmctl(id, libc.IPC_STAT, (nint)state) == 0)
        {
            // Nobody else is to write to it. That does not bind root.
            *(uint*)(state + ModeAt) = OwnerExecutes;
            _ = libc.shmctl(id, libc.IPC_SET, (nint)state);
        }

        return start == -1 ? null : new SharedMemory(id, (byte*)start, size);
    }
}
