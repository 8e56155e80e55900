using System.Collections.Concurrent;

namespace Fptrace.MSBuild.State;

/// <summary>Directories as a traced process knows them, and the one below which paths are stored relative.</summary>
internal static class ProjectRoot
{
    private const int MaxLinks = 40;

    /// <summary>Links to directories above projects do not change while MSBuild runs; where one does, steps run
    /// again.</summary>
    private static readonly ConcurrentDictionary<string, string> Resolved = new(StringComparer.Ordinal);

    /// <summary>The top of the git working tree, else the project's directory.</summary>
    public static string Of(string projectDirectory)
    {
        for (string? directory = projectDirectory; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            // A file in a linked working tree.
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
