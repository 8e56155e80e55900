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

    /// <summary>A change when CLONE_UNTRACED is in its flags.</summary>
    ByCloneFlags,

    /// <summary>Answered with ENOSYS.</summary>
    Refuse,
}
