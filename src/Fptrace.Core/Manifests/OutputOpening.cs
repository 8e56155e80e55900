namespace Fptrace.Manifests;

/// <summary>Whether a run's first change of a path was an open for writing, and what that open found.</summary>
/// <remarks>
/// The numbers are stable. An open keeps more than the content that it replaces: the mode, the other hard links of the
/// file, and a link that leads to it. It also fails at a directory, or where the mode forbids writing. A rename to the
/// path, or a deletion before, keeps nothing of that.
/// </remarks>
public enum OutputOpening : byte
{
    /// <summary>The first change was no open.</summary>
    None = 0,

    /// <summary>Nothing existed, so the mode is that of a new file.</summary>
    New = 1,

    /// <summary>A file existed, and kept its mode.</summary>
    Old = 2,

    /// <summary>
    /// A file existed. Without it the open would have failed (no O_CREAT) or made a file of an unusual mode.
    /// </summary>
    Standing = 3,
}
