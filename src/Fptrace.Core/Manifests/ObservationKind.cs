namespace Fptrace.Manifests;

/// <summary>What a step learnt from a path. Numbers and names (<see cref="ObservationKinds"/>) are stable on
/// disk.</summary>
public enum ObservationKind : byte
{
    /// <summary>A regular file was read or executed: its content and mode.</summary>
    Content = 1,

    /// <summary>Looked for and not there.</summary>
    Absent = 2,

    /// <summary>Looked at and not read. Of a regular file that is content and mode too, for stat shows that they
    /// changed; of all else the type.</summary>
    Existence = 3,

    /// <summary>The names in a directory, less the step's own.</summary>
    Listing = 4,

    /// <summary>A symbolic link on the way to a path, or read itself: its target.</summary>
    Link = 5,

    /// <summary>A file whose former content went into what the step made of it: its state before. Afterwards it is an
    /// output or deleted.</summary>
    ReadModifyWrite = 6,

    /// <summary>Git's index was read, and files that it holds were looked at: of which files it remembers something
    /// else than what stands there (<see cref="IndexTimes"/>).</summary>
    IndexTimes = 7,
}
