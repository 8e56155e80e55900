namespace Fptrace.MSBuild.State;

/// <summary>The Inputs or Outputs of a target.</summary>
/// <param name="Written">As they stand in the project.</param>
/// <param name="Paths">In full.</param>
internal sealed record DeclaredFiles(string Written, IReadOnlySet<string> Paths)
{
    /// <summary>Of a target that is batched by metadata the files of one batch are unknown.</summary>
    public bool IsKnown => !Written.Contains("%(", StringComparison.Ordinal)
        || Written.Contains("->", StringComparison.Ordinal);

    public static DeclaredFiles Of(string written, Func<string, string> expand, string directory) => new(
        written,
        new SortedSet<string>(
            expand(written).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(path => ProjectRoot.Canonical(Path.GetFullPath(path, directory))),
            StringComparer.Ordinal));
}
