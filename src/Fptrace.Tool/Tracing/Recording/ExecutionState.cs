using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Fptrace.Model;

namespace Fptrace.Tracing.Recording;

/// <summary>A live execution, and which of its accesses are recorded already. Guarded by the recorder's lock.</summary>
/// <param name="execution">What the sinks get of it.</param>
/// <param name="forgotten">The forgotten trees of all executions.</param>
internal sealed class ExecutionState(Execution execution, ForgottenTrees forgotten)
{
    private readonly Dictionary<ByteString, KnownPath> _seen = new(PathBytes.Comparer);

    /// <summary>
    /// What the sinks get of it. Nothing is recorded of the stub, which runs before the command's execve.
    /// </summary>
    public Execution Execution { get; } = execution;

    public bool IsStub => Execution.Id == 0;

    /// <summary>How many threads belong to the execution.</summary>
    public int Threads { get; set; }

    /// <summary>The kinds of access that are recorded for a path, as bits: 1 &lt;&lt; kind.</summary>
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

    /// <summary>Forgets a path, because another file will have that name from now on.</summary>
    /// <param name="path">A name that was renamed or deleted.</param>
    public void Forget(ByteString path) => _seen.Remove(path);

    /// <summary>Removes the paths that <see cref="ForgottenTrees"/> covers.</summary>
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

    /// <summary>Called when nothing more is recorded: frees the memory.</summary>
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
