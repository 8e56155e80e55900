using System.Diagnostics.CodeAnalysis;
using Fptrace.Commands;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Processes;
using Fptrace.Output;
using Fptrace.Tracing.Launch;
using Fptrace.Tracing.Supervision;

namespace Fptrace;

/// <summary>The entry point. It maps every failure to one line for the user and an exit code.</summary>
internal static class Program
{
    [SuppressMessage("Design", "CA1031",
        Justification = "No stack trace reaches a user: what nobody foresaw is one line too.")]
    private static int Main(string[] args)
    {
        StartState.Begin();
        if (args is [TraceeStub.Argument, ..])
        {
            return TraceeStub.Run(args);
        }

        StandardDescriptors.Fill();

        // With a limit of file sizes (ulimit -f), a write that is too long then fails with EFBIG and does not kill the
        // tool. The command gets the disposition with which the tool was started.
        Disposition.Ignore(signal.SIGXFSZ);
        using var err = new StandardWriter(2);
        try
        {
            args = ProxyConnection.Adopt(args);
            using var output = new StandardWriter(1);
            int exitCode = Verbs.Run(args, output, err);
            return output.Error == 0 ? exitCode : throw WriteFailure.Of("stdout", output.Error);
        }
        catch (Exception e)
        {
            return Tell(UnforeseenFailure.Of(e), err);
        }
    }

    private static int Tell(FptraceException e, StandardWriter err)
    {
        err.WriteLine("fptrace: " + e.Message);
        if (e.EndedBy > 0)
        {
            ProxyConnection.Current?.TellDeath(e.EndedBy);
        }

        return e.ExitCode;
    }
}
