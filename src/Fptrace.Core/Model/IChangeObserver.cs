namespace Fptrace.Model;

/// <summary>A sink that must see what a change is about to replace. The tracee waits at the entry of its call meanwhile.</summary>
/// <remarks>Calls come from one thread, without the recorder's lock; accesses may be recorded at the same time from others.</remarks>
public interface IChangeObserver
{
    /// <param name="path">Absolute, as in the accesses that follow if the call succeeds.</param>
    /// <param name="before">What stands there; it exists.</param>
    /// <param name="kind">What is to be done: <see cref="AccessKind.Write"/>, <see cref="AccessKind.ReadWrite"/>, <see cref="AccessKind.RenameFrom"/>,
    /// <see cref="AccessKind.RenameTo"/>, <see cref="AccessKind.Delete"/> or <see cref="AccessKind.Attributes"/>.</param>
    /// <param name="truncates">The content is thrown away by the call.</param>
    void Changing(ReadOnlySpan<byte> path, in FileStamp before, AccessKind kind, bool truncates);

    /// <summary>A file that was opened for reading and writing is about to be cut to nothing, and nothing was read by way of that open.</summary>
    /// <param name="path">Absolute.</param>
    void Unread(ReadOnlySpan<byte> path);

    /// <summary>A file was cut to nothing, by the call that the tracee is about to return from: also one that the step has changed before.</summary>
    /// <param name="path">Absolute.</param>
    void Emptied(ReadOnlySpan<byte> path);
}
