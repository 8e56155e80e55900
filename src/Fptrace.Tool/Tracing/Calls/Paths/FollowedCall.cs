namespace Fptrace.Tracing.Calls.Paths;

/// <summary>What a call means for a descriptor that is followed.</summary>
internal enum FollowedCall
{
    /// <summary>It leaves all as it is.</summary>
    Harmless,

    /// <summary>It is the one that was waited for: what was feared has not happened.</summary>
    Settling,

    /// <summary>What becomes of the descriptor is unknown from here on.</summary>
    Unknown,
}
