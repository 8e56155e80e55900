namespace Fptrace.Tracing;

/// <summary>What a system call does to files and processes, and therefore who handles it.</summary>
internal enum SyscallGroup
{
    /// <summary>Never stops the tracee; the row's note says why that loses nothing.</summary>
    Ignored,

    /// <summary>Opens a file by name or by handle.</summary>
    Open,

    /// <summary>Replaces the program.</summary>
    Exec,

    /// <summary>Changes a name, a file's size or its attributes.</summary>
    Change,

    /// <summary>Removes a name.</summary>
    Remove,

    /// <summary>Makes a directory.</summary>
    MakeDirectory,

    /// <summary>Looks a path up and changes nothing.</summary>
    Probe,

    /// <summary>Reads the names in a directory.</summary>
    Listing,

    /// <summary>Reads from a descriptor.</summary>
    Input,

    /// <summary>Writes to a descriptor.</summary>
    Output,

    /// <summary>Moves bytes from one descriptor to another.</summary>
    Transfer,

    /// <summary>Lets a descriptor lead elsewhere, or nowhere; matters for 0 to 2.</summary>
    Descriptor,

    /// <summary>Ties a socket to an address.</summary>
    Network,

    /// <summary>Makes a process or thread, with flags that may hide it from its tracer.</summary>
    Clone,

    /// <summary>Changes what paths mean: root, mounts, namespaces.</summary>
    Namespace,

    /// <summary>Changes what the process may do.</summary>
    Credentials,

    /// <summary>Asks or changes where a thread may run, or takes processors for itself alone.</summary>
    Processors,

    /// <summary>Opens a way to the kernel around system calls.</summary>
    IoUring,

    /// <summary>Traces another process, or listens to its calls, which the kernel grants to one only.</summary>
    Ptrace,
}
