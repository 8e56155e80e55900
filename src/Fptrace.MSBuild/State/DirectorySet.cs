namespace Fptrace.MSBuild.State;

/// <summary>A set of directories that a project names, such as those that its build writes to.</summary>
internal sealed class DirectorySet
{
    private readonly string[] _starts;

    /// <param name="directories">Paths relative to the project. Empty ones are left out.</param>
    /// <param name="projectDirectory">The full path of the project's directory.</param>
    /// <param name="orAbove">Whether to keep a directory that contains the project. It tells nothing of the files in
    /// it.</param>
    public DirectorySet(string[] directories, string projectDirectory, bool orAbove = true)
    {
        string project = Start(projectDirectory);

        // MSBuild's own properties contain backslashes on every system.
        _starts =
        [
            .. directories.Select(directory => directory.Trim().Replace('\\', Path.DirectorySeparatorChar))
                .Where(directory => directory.Length > 0)
                .Select(directory => Start(Path.GetFullPath(directory, projectDirectory)))
                .Where(start => orAbove || !project.StartsWith(start, StringComparison.Ordinal))
                .Distinct(StringComparer.Ordinal),
        ];
    }

    /// <param name="path">A full path without symbolic links.</param>
    public bool Contains(string path) =>
        Array.Exists(_starts, start => path.StartsWith(start, StringComparison.Ordinal));

    private static string Start(string directory) =>
        Path.TrimEndingDirectorySeparator(ProjectRoot.Canonical(directory)) + "/";
}
