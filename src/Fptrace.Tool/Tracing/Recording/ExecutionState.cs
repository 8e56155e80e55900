using Fptrace.Model;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Recording;

/// <summary>An execution that lives, and which accesses of it are recorded already. Guarded by the recorder's lock.</summary>
internal sealed class ExecutionState(Execution execution)
{
    private readonly Dictionary<ByteString, uint> _seen = new(PathComparer.Instance);

    /// <summary>The model that outputs get. Of the stub, before the command's execve, nothing is recorded.</summary>
    public Execution Execution { get; } = execution;

    public bool IsStub => Execution.Id == 0;

    /// <summary>Threads that belong to it.</summary>
    public int Threads { get; set; }

    /// <summary>Bits of the kinds that are recorded for a path: 1 &lt;&lt; kind.</summary>
    public uint Seen(ReadOnlySpan<byte> path) =>
        _seen.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(path, out uint kinds) ? kinds : 0;

    public void Add(ByteString path, AccessKind kind)
    {
        ref uint kinds = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_seen, path, out _);
        kinds |= 1u << (int)kind;
    }

    /// <summary>What is done to the path from now on is done to another file.</summary>
    /// <param name="path">A name that was renamed or deleted.</param>
    /// <param name="withBelow">It was a directory, or a link to one.</param>
    public void Forget(ByteString path, bool withBelow)
    {
        _seen.Remove(path);
        if (withBelow)
        {
            foreach (ByteString below in _seen.Keys.Where(known => IsBelow(known.Span, path.Span)).ToArray())
            {
                _seen.Remove(below);
            }
        }
    }

    private static bool IsBelow(ReadOnlySpan<byte> path, ReadOnlySpan<byte> directory) =>
        path.Length > directory.Length && path[directory.Length] == (byte)'/' && path.StartsWith(directory);
}
