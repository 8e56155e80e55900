namespace Fptrace.Manifests;

/// <summary>What is neither input nor output of any step, and what a step ignores besides.</summary>
internal static class IgnoredPaths
{
    /// <summary>What ends the names of files that fptrace puts in place by renaming them.</summary>
    public const string TemporaryEnding = ".fptrace-tmp";

    /// <summary>What ends the names of files by which runs of a step exclude each other.</summary>
    public const string LockEnding = ".fptrace-lock";

    /// <summary>What ends the name of a manifest of this version, where another version keeps one under the name that the user gave.</summary>
    public const string VersionEnding = ".fptrace-v";

    private static readonly string[] s_always =
    [
        ManifestFile.DirectoryName, "*" + TemporaryEnding, "*" + LockEnding, "*" + VersionEnding + "[0-9]*", "/proc", "/sys",

        // All of /dev but /dev/shm, where files are files like others.
        "/dev/[!s]*", "/dev/s", "/dev/s[!h]*", "/dev/sh", "/dev/sh[!m]*", "/dev/shm?*",
    ];

    public static GlobSet Of(StepIdentity step) => new(s_always.Concat(step.Ignore));
}
