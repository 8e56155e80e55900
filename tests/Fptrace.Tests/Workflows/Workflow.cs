namespace Fptrace.Workflows;

/// <summary>A job as people type it, on a project small enough for a test; a row of docs/workflows.md.</summary>
/// <param name="Name">What the row is called.</param>
/// <param name="Command">What is typed behind <c>fptrace run --</c>.</param>
internal sealed record Workflow(string Name, IReadOnlyList<string> Command)
{
    /// <summary>Programs that it needs in PATH.</summary>
    public IReadOnlyList<string> Programs { get; init; } = [];

    /// <summary>Where a program is missing the row is left out everywhere, also under CI: a toolchain of some size, for
    /// a row like others.</summary>
    public bool IsExtra { get; init; }

    /// <summary>The project: paths and texts.</summary>
    public required IReadOnlyDictionary<string, string> Files { get; init; }

    /// <summary>Commands of a fresh clone that come before, untraced: they reach for a network.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Preparation { get; init; } = [];

    /// <summary>The checked-in fptrace.json; null: it needs none.</summary>
    public string? Config { get; init; }

    /// <summary>The source that is edited: "first" becomes "second" in it.</summary>
    public required string Edited { get; init; }

    /// <summary>The file that shows what was built; null: what the command prints shows it.</summary>
    public string? Result { get; init; }

    /// <summary>Whether the edit and its reversal in the same tree end with a hit at once; otherwise the next
    /// time.</summary>
    public bool GoesBack { get; init; } = true;
}
