using Fptrace.Tracing.Recording;

namespace Fptrace.Tracing.Supervision;

/// <summary>A program that an execve would give rights.</summary>
/// <param name="Exec">The execve.</param>
/// <param name="Program">What it starts.</param>
/// <param name="Rights">What the program gains, and from what, in words.</param>
internal sealed record GainingProgram(PendingExec Exec, NewProgram Program, string Rights);
