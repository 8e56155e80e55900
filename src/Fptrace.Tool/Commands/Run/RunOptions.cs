using Fptrace.Commands.Steps;
using Fptrace.Tracing.Supervision;

namespace Fptrace.Commands.Run;

/// <summary>What the user asked of <c>fptrace run</c>, on the command line or in <see cref="ConfigFile"/>.</summary>
internal sealed record RunOptions : StepOptions
{
    /// <summary>argv of the command; never empty.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>--command-text TEXT: what identifies the step in place of the command's words.</summary>
    public string? CommandText { get; init; }

    /// <summary>
    /// --manifest FILE; null for the file in .fptrace below the root that is named by the step's key.
    /// </summary>
    public string? Manifest { get; init; }

    /// <summary>--extra TEXT, repeatable: makes the command another step.</summary>
    public IReadOnlyList<string> Extra { get; init; } = [];

    /// <summary>--force: run without a check.</summary>
    public bool Force { get; init; }

    /// <summary>--verify: run twice and compare.</summary>
    public bool Verify { get; init; }

    /// <summary>--stdin: the command gets the tool's standard input, whatever it is.</summary>
    public bool KeepInput { get; init; }

    /// <summary>--no-stdin: the command gets /dev/null, even if the tool's standard input is a file.</summary>
    public bool NoInput { get; init; }

    /// <summary>--no-terminal: the command gets pipes, even if there is a terminal.</summary>
    public bool NoTerminal { get; init; }

    /// <summary>--cache, --cache-mode, --cache-anywhere and --cache-idempotent.</summary>
    public CacheSettings Cache { get; init; } = CacheSettings.Off;

    /// <summary>--survivors wait|kill|linger|detach.</summary>
    public SurvivorPolicy Survivors { get; init; }

    /// <summary>--engine auto|notify|fast|ptrace|syscall.</summary>
    public string Engine { get; init; } = "auto";

    /// <summary>--process-name.</summary>
    public string? ProcessName { get; init; }
}
