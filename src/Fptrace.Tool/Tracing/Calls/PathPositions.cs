namespace Fptrace.Tracing.Calls;

/// <summary>Which arguments of a call are paths: positions from 0 on, −1 for none.</summary>
/// <param name="First">The position of the first path.</param>
/// <param name="Second">The position of the second path.</param>
/// <param name="Offset">Where the path begins behind the address that the argument is.</param>
internal readonly record struct PathPositions(int First, int Second = -1, uint Offset = 0)
{
    /// <summary>The call looks up files, but none of its arguments is a path.</summary>
    public static readonly PathPositions None = new(-1);
}
