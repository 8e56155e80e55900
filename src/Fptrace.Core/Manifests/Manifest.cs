using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Manifests;

/// <summary>What one run of a step depended on and what it made, as observed.</summary>
public sealed record Manifest
{
    public required StepIdentity Step { get; init; }

    /// <summary>The command's exit status: 0 to 255, or 128+N after signal N.</summary>
    public required int ExitCode { get; init; }

    /// <summary>How long the run took.</summary>
    public long Milliseconds { get; init; }

    /// <summary>The offset of standard input when the step ended; null if that is no file.</summary>
    public long? InputEnd { get; init; }

    /// <summary>The reasons why this run does not count, one line each; empty if it counts.</summary>
    public IReadOnlyList<string> Refusals { get; init; } = [];

    /// <summary>What counts of the environment.</summary>
    public EnvironmentDigests Environment { get; init; } = EnvironmentDigests.None;

    /// <summary>Sorted by path and kind, each pair once.</summary>
    public IReadOnlyList<Observation> Observations { get; init; } = [];

    /// <summary>Sorted by path, each once.</summary>
    public IReadOnlyList<StepOutput> Outputs { get; init; } = [];

    /// <summary>What existed before and the step removed. Sorted.</summary>
    public IReadOnlyList<ByteString> Deletions { get; init; } = [];

    /// <summary>Paths at which nothing existed, where the step made something and removed it again. Sorted.</summary>
    /// <remarks>If something exists there now, the step might do something else.</remarks>
    public IReadOnlyList<ByteString> Temporaries { get; init; } = [];

    /// <summary>What earlier runs of the command made and this run did not use. Sorted by path.</summary>
    /// <remarks>
    /// It still exists. It is no output of this run, but it is the command's own work and nobody else's.
    /// </remarks>
    public IReadOnlyList<StepOutput> Left { get; init; } = [];

    /// <summary>What the command wrote to stdout and stderr, in order.</summary>
    public IReadOnlyList<OutputChunk> Printed { get; init; } = [];

    /// <summary>Whether the run counts, so that the step may be up to date and the cache may keep it.</summary>
    public bool Passes => Refusals.Count == 0;
}
