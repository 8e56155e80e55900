namespace Fptrace.Manifests;

/// <summary>In what a step is not up to date. The names in <see cref="DifferenceKinds"/> are stable: they stand in
/// JSON.</summary>
public enum DifferenceKind
{
    /// <summary>There is no manifest, or it cannot be read.</summary>
    Manifest,

    /// <summary>The recorded run can never stand for another.</summary>
    Refused,

    /// <summary>Command, directory, root or options.</summary>
    Step,

    /// <summary>A tracked variable of the environment.</summary>
    Environment,

    /// <summary>Something that the step depends on.</summary>
    Input,

    /// <summary>Something that the step made or removed.</summary>
    Output,
}
