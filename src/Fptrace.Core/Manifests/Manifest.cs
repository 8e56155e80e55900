using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Manifests;

/// <summary>What one run of a step depended on and what it made, as observed.</summary>
public sealed record Manifest
{
    public required StepIdentity Step { get; init; }

    /// <summary>The command's exit status: 0 to 255, 128+N after signal N.</summary>
    public required int ExitCode { get; init; }

    /// <summary>How long the run took.</summary>
    public long Milliseconds { get; init; }

    /// <summary>Where the step left the offset of its standard input; null where that is no file.</summary>
    public long? InputEnd { get; init; }

    /// <summary>Why this run can never stand for another one, each in one line of words; empty when it can.</summary>
    public IReadOnlyList<string> Refusals { get; init; } = [];

    /// <summary>What counts of the environment.</summary>
    public EnvironmentDigests Environment { get; init; } = EnvironmentDigests.None;

    /// <summary>Sorted by path and kind, each pair once.</summary>
    public IReadOnlyList<Observation> Observations { get; init; } = [];

    /// <summary>Sorted by path, each once.</summary>
    public IReadOnlyList<StepOutput> Outputs { get; init; } = [];

    /// <summary>What stood there before and the step removed, sorted.</summary>
    public IReadOnlyList<ByteString> Deletions { get; init; } = [];

    /// <summary>What the step made where nothing stood, and removed again: had something stood there, it might have
    /// done otherwise. Sorted.</summary>
    public IReadOnlyList<ByteString> Temporaries { get; init; } = [];

    /// <summary>What earlier runs of the command made, still stands there, and this one had nothing to do with: no
    /// output, but the command's own work. Sorted by path.</summary>
    public IReadOnlyList<StepOutput> Left { get; init; } = [];

    /// <summary>What it wrote to stdout and stderr, in order.</summary>
    public IReadOnlyList<OutputChunk> Printed { get; init; } = [];

    /// <summary>It may be up to date, and may be cached.</summary>
    public bool Passes => Refusals.Count == 0;
}
