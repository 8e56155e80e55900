namespace Fptrace.MSBuild.State;

/// <summary>The Inputs or Outputs that a target declares.</summary>
/// <param name="Written">The text in the project.</param>
/// <param name="Paths">The full paths.</param>
internal sealed record DeclaredFiles(string Written, IReadOnlySet<string> Paths)
{
    /// <summary>
    /// Whether the files are known. For a target that is batched by metadata, the files of one batch are not.
    /// </summary>
    public bool IsKnown => !Written.Contains("%(", StringComparison.Ordinal)
        || Written.Contains("->", StringComparison.Ordinal);

    public static DeclaredFiles Of(string written, Func<string, string> expand, string directory) => new(
        written,
        new SortedSet<string>(
            expand(written).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(path => ProjectRoot.Canonical(Path.GetFullPath(path, directory))),
            StringComparer.Ordinal));
}
