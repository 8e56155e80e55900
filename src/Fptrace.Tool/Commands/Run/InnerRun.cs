using System.Globalization;
using System.Text;
using Fptrace.Commands.Run.Streams;
using Fptrace.Commands.Trace;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Proc;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Commands.Run;

/// <summary><c>fptrace run</c> inside a command that fptrace traces already, as in a makefile that uses it.</summary>
/// <remarks>
/// The kernel grants a process one tracer, and that one sees all that this run would see. So it runs its command in its
/// own place, and neither checks nor leaves a manifest: a check looks at the time of a directory and not into it, so
/// the outer run would not learn on what the answer depends.
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

        // A name of its own, or on an installed runtime the same dotnet as ours.
        string program = ProgramOf(tracer.ToString(CultureInfo.InvariantCulture));
        return ProcessStatus.Of(tracer).Name == "fptrace" || Path.GetFileName(program) == "fptrace"
            || (program.Length > 0 && program == ProgramOf("self"));
    }

    /// <param name="options">Its own.</param>
    /// <param name="environment">What the command gets.</param>
    /// <param name="err">stderr.</param>
    /// <returns>An exit code, where the command could not be executed.</returns>
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
