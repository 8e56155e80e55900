namespace Fptrace.Tracing.Calls;

/// <summary>Which arguments of a call are paths: positions from 0 on, −1 for none.</summary>
/// <param name="First">The position of the first path.</param>
/// <param name="Second">The position of the second path.</param>
internal readonly record struct PathPositions(int First, int Second = -1)
{
    /// <summary>The call looks up names, but only through a descriptor.</summary>
    public static readonly PathPositions None = new(-1);
}
