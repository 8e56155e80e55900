namespace Fptrace.Tracing.Calls.Paths;

/// <summary>What a call means for a descriptor that is followed.</summary>
internal enum FollowedCall
{
    /// <summary>The call changes nothing: the descriptor is followed further.</summary>
    Harmless,

    /// <summary>The call settles it well: the file was truncated unread, or the terminal was closed unused.</summary>
    Settling,

    /// <summary>The call may do anything with the descriptor.</summary>
    Unknown,
}
