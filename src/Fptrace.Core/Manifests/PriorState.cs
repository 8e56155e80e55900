namespace Fptrace.Manifests;

/// <summary>What a run learnt of the prior state of an output's path. The numbers are stable.</summary>
/// <remarks>
/// What the step itself left there is no reason to run it again. But a result from a cache must not replace something
/// that the command would have used.
/// </remarks>
public enum PriorState : byte
{
    /// <summary>
    /// The run did not look and would have replaced anything; or an observation holds all that it saw.
    /// </summary>
    Unseen = 0,

    /// <summary>The run looked whether something existed, and nothing did, as far as is known.</summary>
    Seen = 1,

    /// <summary>Nothing existed. If something had, the run would have kept it, as appending does.</summary>
    Kept = 2,

    /// <summary>
    /// Nothing existed. If something had, the first call would have failed, as with O_EXCL and mkdir.
    /// </summary>
    Missing = 3,

    /// <summary>The run looked, and replaced what existed.</summary>
    Found = 4,
}
