using System.Collections.Concurrent;

namespace Fptrace.MSBuild.State;

/// <summary>
/// Finds the root of a project, and resolves symbolic links in paths, as the kernel does for a tracee.
/// </summary>
internal static class ProjectRoot
{
    private const int MaxLinks = 40;

    /// <summary>
    /// Resolved paths. Links above projects are assumed not to change while MSBuild runs; if one does, steps run again.
    /// </summary>
    private static readonly ConcurrentDictionary<string, string> Resolved = new(StringComparer.Ordinal);

    /// <summary>The top of the git working tree, else the project's directory.</summary>
    public static string Of(string projectDirectory)
    {
        for (string? directory = projectDirectory; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            // In a linked working tree, .git is a file.
            if (Path.Exists(Path.Combine(directory, ".git")))
            {
                return directory;
            }
        }

        return projectDirectory;
    }

    /// <summary>The path without symbolic links.</summary>
    /// <param name="path">Absolute; it need not exist.</param>
    public static string Canonical(string path) =>
        Resolved.GetOrAdd(Path.TrimEndingDirectorySeparator(path), whole => Resolve(whole, MaxLinks));

    private static string Resolve(string path, int links)
    {
        if (links == 0 || Path.GetDirectoryName(path) is not { } parent)
        {
            return path;
        }

        string resolved = Path.Combine(Resolve(parent, links), Path.GetFileName(path));
        return new DirectoryInfo(resolved).LinkTarget is { } target
            ? Resolve(Path.TrimEndingDirectorySeparator(Path.GetFullPath(target, Path.GetDirectoryName(resolved)!)),
                links - 1)
            : resolved;
    }
}
