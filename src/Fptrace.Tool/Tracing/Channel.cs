namespace Fptrace.Tracing;

/// <summary>How a system call reaches us.</summary>
internal enum Channel : byte
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>It changes nothing, so a notification before it suffices; its success is looked up.</summary>
    Observe,

    /// <summary>It changes something: ptrace stops before and after it.</summary>
    Change,

    /// <summary>Observed or changed, by the write intent in its open flags.</summary>
    ByOpenFlags,

    /// <summary>Observed when one of its descriptors is 0, 1 or 2.</summary>
    ByDescriptor,

    /// <summary>A change, whose end counts, when its descriptor is 0: a read of what is typed.</summary>
    ByInput,

    /// <summary>A change when CLONE_UNTRACED is in its flags.</summary>
    ByCloneFlags,

    /// <summary>A change when it makes a mount that stands nowhere yet.</summary>
    ByTreeFlags,

    /// <summary>Observed when it has an address.</summary>
    ByAddress,

    /// <summary>socketcall(2): observed or changed as the call that it stands for.</summary>
    BySocketCall,

    /// <summary>Observed when it would make the caller or another process a tracee.</summary>
    ByTraceRequest,

    /// <summary>seccomp(2): a change when it asks for a listener.</summary>
    ByListenerFlag,

    /// <summary>ioctl(2): a change when its request changes a file's attributes, or is about a terminal that is watched.</summary>
    ByRequest,

    /// <summary>Answered with ENOSYS.</summary>
    Refuse,
}
