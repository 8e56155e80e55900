using Fptrace.Tracing.Supervision;

namespace Fptrace.Commands.Trace;

/// <summary>What the user asked of <c>fptrace [options] -- command</c>, checked and with defaults filled in.</summary>
internal sealed record TraceOptions
{
    /// <summary>argv of the command; never empty.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>-d FILE: deps.json.</summary>
    public string? DepsFile { get; init; }

    /// <summary>-do: only executions that have outputs.</summary>
    public bool DepsWithOutputs { get; init; }

    /// <summary>-dn NAME, repeatable: only executions of that path or base name.</summary>
    public IReadOnlyList<string> DepsNames { get; init; } = [];

    /// <summary>-s DIR: launcher scripts.</summary>
    public string? ScriptsDirectory { get; init; }

    /// <summary>-rm: empty the scripts directory first.</summary>
    public bool EmptyScriptsDirectory { get; init; }

    /// <summary>-e: record the environment.</summary>
    public bool Environment { get; init; }

    /// <summary>-u: what the command removes or replaces is kept.</summary>
    public bool Undelete { get; init; }

    /// <summary>--undelete-dir DIR: where; null: <see cref="Keeping.KeepPlace.Default"/>.</summary>
    public string? UndeleteDirectory { get; init; }

    /// <summary>-t FILE: event text.</summary>
    public string? EventsFile { get; init; }

    /// <summary>-o FILE: the full trace.</summary>
    public string? OutputFile { get; init; }

    /// <summary>--probes: record probes, absent paths and listings, too.</summary>
    public bool Probes { get; init; }

    /// <summary>Whether to record reads and writes of descriptors 0 to 2; --no-stdio turns it off.</summary>
    public bool Stdio { get; init; } = true;

    /// <summary>--allow-io-uring: let io_uring_setup succeed. Then the trace is incomplete.</summary>
    public bool AllowIoUring { get; init; }

    /// <summary>--engine auto|notify|fast|ptrace|syscall, or <c>-seccomp=false</c>, which means
    /// <c>syscall</c>.</summary>
    public string Engine { get; init; } = "auto";

    /// <summary>--survivors wait|kill|linger: what to do about processes that outlive the command's first
    /// one.</summary>
    public SurvivorPolicy Survivors { get; init; }

    /// <summary>--untraced-fallback: run the command untraced where tracing is denied.</summary>
    public bool UntracedFallback { get; init; }

    /// <summary>--require-complete: treat a trace that lacks file accesses as a failure.</summary>
    public bool RequireComplete { get; init; }

    /// <summary>--verbose: write the verdict to stderr at the end.</summary>
    public bool Verbose { get; init; }

    /// <summary>--quiet: only errors are written to stderr.</summary>
    public bool Quiet { get; init; }

    /// <summary>What to tell the user about the command line, one line each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Whether the user asks for anything but to run the command.</summary>
    public bool AsksForSomething => DepsFile is not null || ScriptsDirectory is not null || EventsFile is not null
        || OutputFile is not null || Undelete || Verbose || RequireComplete;
}
