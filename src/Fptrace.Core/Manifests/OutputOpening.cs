namespace Fptrace.Manifests;

/// <summary>Whether a run's first change of a path was an open that writes into the file that stands there. Numbers are
/// stable.</summary>
/// <remarks>
/// Such an open keeps more than it replaces: the mode, other names of the file (hard links), a link that leads to it,
/// and it fails at a directory or where the mode forbids to write. What a rename brings, or what is deleted first,
/// keeps nothing of that.
/// </remarks>
public enum OutputOpening : byte
{
    /// <summary>It was not.</summary>
    None = 0,

    /// <summary>Nothing stood there, so the mode is what a new file gets.</summary>
    New = 1,

    /// <summary>A file stood there, and its mode with it.</summary>
    Old = 2,

    /// <summary>A file stood there, and where none had stood, the open would have failed (no O_CREAT) or made one of an
    /// unusual mode.</summary>
    Standing = 3,
}
