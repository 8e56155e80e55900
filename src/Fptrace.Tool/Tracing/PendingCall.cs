using Fptrace.Model;

namespace Fptrace.Tracing;

/// <summary>A system call between its entry and its exit.</summary>
internal sealed class PendingCall
{
    public required Operation Operation { get; init; }

    /// <summary>Open flags, or those of rename; the socket of a connect or bind.</summary>
    public int Flags { get; init; }

    /// <summary>Permission bits that an open asks for a new file.</summary>
    public int Mode { get; init; }

    public ByteString Path { get; init; }

    /// <summary>The new name of a rename or link; the target of a symbolic link; the name given to bind.</summary>
    public ByteString Path2 { get; init; }

    /// <summary>What stood at <see cref="Path"/> before.</summary>
    public FileStamp Before { get; init; }

    /// <summary>What stood at <see cref="Path2"/> before.</summary>
    public FileStamp Before2 { get; init; }

    /// <summary>The content is cut to nothing (truncate to 0).</summary>
    public bool Truncates { get; init; }

    /// <summary>The address of the internet protocol that a connect, or a bind, is about, as it was given; empty for others.</summary>
    public ByteString Address { get; init; }

    /// <summary>At its entry a connect led to a socket of the command.</summary>
    public bool IsInside { get; init; }

    /// <summary>A write to the terminal.</summary>
    public TerminalWrite? Print { get; init; }

    /// <summary>It moves bytes from file to file, and refuses some files that write(2) takes: then whoever makes it writes instead.</summary>
    public bool IsTransfer { get; init; }

    /// <summary>An open for reading of the terminal at which we were started.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>The access is recorded already.</summary>
    public bool IsKnown { get; init; }

    /// <summary>The call is answered by us with this result, at its exit.</summary>
    public long? Answer { get; init; }
}
