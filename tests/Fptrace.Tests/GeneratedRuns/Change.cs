namespace Fptrace.GeneratedRuns;

/// <summary>What somebody does to the world between two runs: which nodes stand at which paths afterwards.</summary>
/// <param name="Name">What it was meant to be.</param>
/// <param name="Nodes">Null: nothing stands there. A directory that goes takes with it what is in it.</param>
internal sealed record Change(string Name, IReadOnlyDictionary<string, Node?> Nodes)
{
    public static Change None { get; } = new("nothing", new Dictionary<string, Node?>());

    /// <summary>Rewritten as they are, without a change of the content.</summary>
    public IReadOnlyList<string> Touched { get; init; } = [];

    /// <summary>Removed with all below, and put there again as they were.</summary>
    public IReadOnlyList<string> Renewed { get; init; } = [];

    /// <summary>The times of files that change are set back, where they keep their inodes.</summary>
    public bool HidesTimes { get; init; }

    /// <summary>Files that change keep their inodes; otherwise others take their places.</summary>
    public bool IsInPlace { get; init; }

    /// <summary>All stands as if the command had never run.</summary>
    public bool IsClean { get; init; }

    /// <summary>Takes the change before it back.</summary>
    public bool IsUndo { get; init; }

    /// <summary>What the tool knows of the last run is lost, but for its cache.</summary>
    public bool ForgetsManifest { get; init; }

    /// <summary>Null: as before.</summary>
    public Surroundings? Around { get; init; }

    /// <summary>Files outside the world that standard input may be.</summary>
    public IReadOnlyDictionary<string, string> Inputs { get; init; } = new Dictionary<string, string>();

    /// <summary>The command has no reason to run for it.</summary>
    public bool IsNothing => Name is "nothing" or "touch" or "renewed" or "unrelated";

    public override string ToString() =>
        string.Join("\n    ", [
            Name + (ForgetsManifest ? ", no manifest" : ""),
            .. Nodes.OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => $"{pair.Key}: {(pair.Value is { } node ? node.ToString() : "gone")}"),
            .. Touched.Select(path => "touched " + path),
            .. Renewed.Select(path => "renewed " + path),
            .. Inputs.Select(pair => $"input {pair.Key} {Node.File(pair.Value)}"),
            .. Around is null ? Array.Empty<string>() : [Around.ToString()],
        ]);
}
