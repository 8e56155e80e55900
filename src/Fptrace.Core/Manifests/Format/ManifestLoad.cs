namespace Fptrace.Manifests.Format;

/// <summary>A manifest from a file, or why there is none.</summary>
/// <param name="Manifest">Null when it does not exist, is damaged, or is of another version.</param>
/// <param name="Reason">In words, when it is null.</param>
public sealed record ManifestLoad(Manifest? Manifest, string? Reason)
{
    /// <summary>When it was written or last found to be up to date: the file's mtime, nanoseconds since 1970; 0 when it
    /// was not read from a file.</summary>
    public long UsedNs { get; init; }

    /// <summary>The file in fact; null when it was not read from a file.</summary>
    internal string? File { get; init; }

    /// <summary>What the next check would be spared if the index were renewed; null: nothing.</summary>
    internal IndexRenewal? Renewal { get; init; }
}
