using Fptrace.Linux.Ptracing;

namespace Fptrace.Tracing.Supervision;

/// <summary>An away thread asks the ptrace thread for memory of a tracee, which stands still meanwhile.</summary>
internal sealed class PeekRequest(int tid, ulong address, int length)
{
    public byte[] Bytes { get; } = new byte[length];

    /// <summary>Whether <see cref="Bytes"/> holds what stands there.</summary>
    public bool IsRead { get; private set; }

    public ManualResetEventSlim Served { get; } = new();

    /// <summary>Called by the ptrace thread.</summary>
    public void Serve()
    {
        IsRead = TraceeMemory.Peek(tid, address, Bytes);
        Served.Set();
    }
}
