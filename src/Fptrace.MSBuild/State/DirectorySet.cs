namespace Fptrace.MSBuild.State;

/// <summary>Directories that a project names, such as those that its build writes to.</summary>
internal sealed class DirectorySet
{
    private readonly string[] _starts;

    /// <param name="directories">Relative to the project; empty ones are none.</param>
    /// <param name="projectDirectory">In full.</param>
    /// <param name="orAbove">False: a directory that the project itself lies in is left out, for it says nothing of
    /// what stands there.</param>
    public DirectorySet(string[] directories, string projectDirectory, bool orAbove = true)
    {
        string project = Start(projectDirectory);

        // MSBuild's own properties hold backslashes on every system.
        _starts =
        [
            .. directories.Select(directory => directory.Trim().Replace('\\', Path.DirectorySeparatorChar))
                .Where(directory => directory.Length > 0)
                .Select(directory => Start(Path.GetFullPath(directory, projectDirectory)))
                .Where(start => orAbove || !project.StartsWith(start, StringComparison.Ordinal))
                .Distinct(StringComparer.Ordinal),
        ];
    }

    /// <param name="path">In full, without links on the way.</param>
    public bool Contains(string path) =>
        Array.Exists(_starts, start => path.StartsWith(start, StringComparison.Ordinal));

    private static string Start(string directory) =>
        Path.TrimEndingDirectorySeparator(ProjectRoot.Canonical(directory)) + "/";
}
