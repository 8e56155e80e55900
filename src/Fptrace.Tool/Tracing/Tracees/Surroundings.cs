namespace Fptrace.Tracing.Tracees;

/// <summary>In what the surroundings of a tracee may differ from ours.</summary>
[Flags]
internal enum Surroundings
{
    Ours = 0,

    /// <summary>Its root directory or mounts may differ from ours, so paths are looked up through it.</summary>
    ForeignRoot = 1,

    /// <summary>Its ids or capabilities may differ from ours, so permissions are looked up for it.</summary>
    OwnCredentials = 2,

    /// <summary>It gave up rights that no lookup of ours can miss: its opens are seen to their end.</summary>
    Restricted = 4,

    /// <summary>It set no_new_privs itself: programs would give it no rights untraced, either.</summary>
    NoNewPrivileges = 8,
}
