namespace Fptrace.Linux.Ptracing;

/// <summary>What a wait for a change of any child says.</summary>
internal enum WaitAnswer
{
    Changed,

    /// <summary>None has changed yet.</summary>
    Nothing,

    /// <summary>There is no child, or a sandbox denies to wait.</summary>
    Nobody,
}
