namespace Fptrace.Manifests;

/// <summary>What a run knew of an output's path before it made the output there. Numbers are stable.</summary>
/// <remarks>
/// What a step left there itself does not make it run again. But a result from a cache must not take the place of
/// something that the command would have gone on from.
/// </remarks>
public enum PriorState : byte
{
    /// <summary>Nothing: whatever had stood there would have been replaced unseen; or all, and an observation says
    /// so.</summary>
    Unseen = 0,

    /// <summary>It looked whether something stood there, and nothing did, as far as is known.</summary>
    Seen = 1,

    /// <summary>Nothing stood there, and what it did would have kept what did, as appending does.</summary>
    Kept = 2,

    /// <summary>Nothing stood there, and what it did first would have failed if something had, as O_EXCL and mkdir
    /// do.</summary>
    Missing = 3,

    /// <summary>It looked, something stood there, and it replaced that.</summary>
    Found = 4,
}
