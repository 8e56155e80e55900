using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Fptrace.Model;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Recording;

/// <summary>An execution that lives, and which accesses of it are recorded already. Guarded by the recorder's
/// lock.</summary>
/// <param name="execution">The model that outputs get.</param>
/// <param name="forgotten">Those of all executions.</param>
internal sealed class ExecutionState(Execution execution, ForgottenTrees forgotten)
{
    private readonly Dictionary<ByteString, KnownPath> _seen = new(PathComparer.Instance);

    /// <summary>The model that outputs get. Of the stub, before the command's execve, nothing is recorded.</summary>
    public Execution Execution { get; } = execution;

    public bool IsStub => Execution.Id == 0;

    /// <summary>Threads that belong to it.</summary>
    public int Threads { get; set; }

    /// <summary>Bits of the kinds that are recorded for a path: 1 &lt;&lt; kind.</summary>
    public uint Seen(ReadOnlySpan<byte> path)
    {
        ref KnownPath known =
            ref CollectionsMarshal.GetValueRefOrNullRef(_seen.GetAlternateLookup<ReadOnlySpan<byte>>(), path);
        return Unsafe.IsNullRef(ref known) ? 0 : Renew(ref known, path);
    }

    public void Add(ByteString path, AccessKind kind)
    {
        ref KnownPath known = ref CollectionsMarshal.GetValueRefOrAddDefault(_seen, path, out _);
        known = new KnownPath(Renew(ref known, path.Span) | (1u << (int)kind), forgotten.Now);
    }

    /// <summary>What is done to the path from now on is done to another file.</summary>
    /// <param name="path">A name that was renamed or deleted.</param>
    public void Forget(ByteString path) => _seen.Remove(path);

    /// <summary>Takes out what <see cref="ForgottenTrees"/> covers.</summary>
    public void Sweep()
    {
        foreach ((ByteString path, KnownPath known) in _seen)
        {
            // Removing while enumerating is allowed.
            if (forgotten.Covers(path.Span, known.Since))
            {
                _seen.Remove(path);
            }
        }
    }

    /// <summary>Nothing more is recorded.</summary>
    public void Clear()
    {
        _seen.Clear();
        _seen.TrimExcess();
    }

    private uint Renew(ref KnownPath known, ReadOnlySpan<byte> path)
    {
        uint kinds = known.Kinds != 0 && forgotten.Covers(path, known.Since) ? 0 : known.Kinds;
        known = new KnownPath(kinds, forgotten.Now);
        return kinds;
    }
}
