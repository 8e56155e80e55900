namespace Fptrace;

/// <summary>Exit codes of the tool's own failures. Otherwise it exits as the command did, 128+N on death by signal
/// N.</summary>
internal static class ExitCodes
{
    /// <summary>The command line is wrong. 2 as in most tools.</summary>
    public const int Usage = 2;

    /// <summary>The trace lacks file accesses, and --require-complete was given.</summary>
    public const int Incomplete = 122;

    /// <summary>An output cannot be written, or what the command printed cannot be passed on.</summary>
    public const int Output = 123;

    /// <summary>The kernel or a sandbox denies ptrace or seccomp.</summary>
    public const int TracingDenied = 124;

    /// <summary>fptrace itself failed.</summary>
    public const int Internal = 125;

    /// <summary>The command exists and cannot be executed, as in sh(1).</summary>
    public const int NotExecutable = 126;

    /// <summary>The command was not found, as in sh(1).</summary>
    public const int NotFound = 127;
}
