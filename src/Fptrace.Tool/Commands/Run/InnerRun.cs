using System.Globalization;
using System.Text;
using Fptrace.Commands.Run.Streams;
using Fptrace.Commands.Trace;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Proc;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Commands.Run;

/// <summary>Handles an <c>fptrace run</c> inside a command that fptrace traces already, such as make.</summary>
/// <remarks>
/// The kernel allows a process one tracer, and the outer one sees all that this run would see. So this process becomes
/// the command, without a check and without a manifest. It must not skip the command after a check: a check often looks
/// only at the time of a directory and does not list it, so the outer run would not learn on what the answer depends.
/// </remarks>
internal static class InnerRun
{
    /// <summary>Whether another fptrace traces this process.</summary>
    public static bool IsOne()
    {
        int tracer = OwnTracer.Tid;
        if (tracer == 0)
        {
            return false;
        }

        // A native tool has a name of its own. With an installed runtime, the tracer runs the same dotnet as this
        // process.
        string program = ProgramOf(tracer.ToString(CultureInfo.InvariantCulture));
        return ProcessStatus.Of(tracer).Name == "fptrace" || Path.GetFileName(program) == "fptrace"
            || (program.Length > 0 && program == ProgramOf("self"));
    }

    /// <param name="options">The options of this run.</param>
    /// <param name="environment">The environment of the command.</param>
    /// <param name="err">stderr.</param>
    /// <returns>An exit code. The method returns only if the command cannot be executed.</returns>
    /// <exception cref="FptraceException">There is no such program.</exception>
    public static int Run(RunOptions options, IReadOnlyList<Model.ByteString> environment, TextWriter err)
    {
        CommandInput input = CommandInput.Find(options, CommandTerminal.Find(options), new ByteString("/"u8));
        if (input.Loss() is string loss && !options.Quiet)
        {
            err.WriteLine(loss);
        }

        if (!input.IsKept)
        {
            CommandInput.TakeAway();
        }

        return UntracedCommand.Run(options.Command, [.. environment.Select(entry => entry.Span.ToArray())], err);
    }

    private static string ProgramOf(string process)
    {
        byte[] link = new byte[4096];
        int length = Files.ReadLink(Encoding.ASCII.GetBytes($"/proc/{process}/exe\0"), link);
        return length > 0 ? Encoding.UTF8.GetString(link.AsSpan(0, length)) : "";
    }
}
