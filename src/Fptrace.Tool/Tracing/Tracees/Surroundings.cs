namespace Fptrace.Tracing.Tracees;

/// <summary>In what the surroundings of a tracee may differ from ours.</summary>
[Flags]
internal enum Surroundings
{
    Ours = 0,

    /// <summary>
    /// Its root directory or mounts may be others, so paths are looked up through its root directory.
    /// </summary>
    ForeignRoot = 1,

    /// <summary>Its ids or capabilities may be others, so permissions are looked up with them.</summary>
    OwnCredentials = 2,

    /// <summary>It gave up rights that our lookups have (Landlock), so the exit of its opens must be seen.</summary>
    Restricted = 4,

    /// <summary>It set no_new_privs itself, so its programs get no new rights untraced, either.</summary>
    NoNewPrivileges = 8,

    /// <summary>It has a filter of its own, which may go by where the instruction of a call is. Noted only for
    /// <see cref="Plan.EngineKind.Fast"/>.</summary>
    OwnFilter = 16,
}
