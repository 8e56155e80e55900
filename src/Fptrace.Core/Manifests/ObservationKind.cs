namespace Fptrace.Manifests;

/// <summary>What a step learnt from a path.</summary>
/// <remarks>The numbers and the names (<see cref="ObservationKinds"/>) are stable, because files hold them.</remarks>
public enum ObservationKind : byte
{
    /// <summary>The step read or executed a regular file. Its content and mode count.</summary>
    Content = 1,

    /// <summary>The step looked for something that did not exist.</summary>
    Absent = 2,

    /// <summary>The step examined something without reading it.</summary>
    /// <remarks>
    /// Of a regular file the content counts too, since stat shows that it changed; otherwise type and mode.
    /// </remarks>
    Existence = 3,

    /// <summary>The step listed a directory. The names count, except the step's own.</summary>
    Listing = 4,

    /// <summary>A path led through a symbolic link, or the step read it. Its target counts.</summary>
    Link = 5,

    /// <summary>The step changed a file in place, so the result depends on the earlier content.</summary>
    /// <remarks>The observation holds the state before. Afterwards the file is an output or deleted.</remarks>
    ReadModifyWrite = 6,

    /// <summary>The step read git's index and examined files that it lists.</summary>
    /// <remarks>It counts which entries do not match their files (<see cref="IndexTimes"/>).</remarks>
    IndexTimes = 7,
}
