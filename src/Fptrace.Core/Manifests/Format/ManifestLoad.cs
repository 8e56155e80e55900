namespace Fptrace.Manifests.Format;

/// <summary>A manifest from a file, or why there is none.</summary>
/// <param name="Manifest">Null when it does not exist, is damaged, or is of another version.</param>
/// <param name="Reason">If it is null, the reason in words.</param>
public sealed record ManifestLoad(Manifest? Manifest, string? Reason)
{
    /// <summary>
    /// The mtime of the file, which is the time of its last use, in nanoseconds since 1970; 0 without a file.
    /// </summary>
    public long UsedNs { get; init; }

    /// <summary>The file that was read; null if it was not read from a file.</summary>
    internal string? File { get; init; }

    /// <summary>What to write into the index so that the next check is faster; null if nothing.</summary>
    internal IndexRenewal? Renewal { get; init; }
}
