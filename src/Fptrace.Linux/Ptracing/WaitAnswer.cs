namespace Fptrace.Linux.Ptracing;

/// <summary>The answer of a wait for any child.</summary>
internal enum WaitAnswer
{
    Changed,

    /// <summary>No child has changed yet.</summary>
    Nothing,

    /// <summary>There is no child, or a sandbox denies the wait.</summary>
    Nobody,
}
