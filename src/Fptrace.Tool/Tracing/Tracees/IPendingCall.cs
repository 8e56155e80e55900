using Fptrace.Model;

namespace Fptrace.Tracing.Tracees;

/// <summary>A system call between its entry and its exit, as others see it than the classes of calls.</summary>
internal interface IPendingCall
{
    /// <summary>
    /// Whether the call changes the root directory of the caller and of all that share it (CLONE_FS).
    /// </summary>
    bool ChangesRoot { get; }

    /// <summary>Whether names may come into being by the call, or mean other files.</summary>
    bool ChangesNames { get; }

    /// <summary>Whether a path through such a name may lead elsewhere then: it may be that of a directory, of a link or
    /// of a device.</summary>
    bool ChangesWays { get; }

    /// <summary>The name that it takes from a regular file; empty for none.</summary>
    ByteString Lost { get; }

    /// <summary>The name, new as yet, that it gives to a FIFO, a socket or a device; empty for none.</summary>
    ByteString Special { get; }
}
