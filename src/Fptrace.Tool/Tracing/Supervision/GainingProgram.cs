using Fptrace.Model;
using Fptrace.Tracing.Names;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>A program that an execve would give rights.</summary>
/// <param name="Exec">The execve.</param>
/// <param name="Program">What it starts.</param>
/// <param name="Rights">What the program gains, and from what, in words.</param>
internal sealed record GainingProgram(PendingExec Exec, NewProgram Program, string Rights)
{
    /// <summary>
    /// Looks, at the entry of an execve, whether the process would gain rights and should be released.
    /// </summary>
    /// <returns>null if it stays traced.</returns>
    public static GainingProgram? Of(Tracee tracee, ProgramRights rights)
    {
        // The threads that an execve ends would have to be released first, and each stand still for that.
        if (!rights.MayBeTaken || tracee.Call.Exec is not { } exec || tracee.Group.Count > 1 || tracee.HasForeignRoot)
        {
            return null;
        }

        var interpreters = new List<ByteString>();
        ByteString program = ProgramReader.Interpret(
            exec.Path, named => InterpreterPath.From(exec.Directory, named), interpreters);
        return rights.Given(tracee.Tid, program) is { } given
            ? new GainingProgram(exec, new NewProgram(program, interpreters, []), given)
            : null;
    }
}
