using Fptrace.Commands;
using Fptrace.Interop;
using Fptrace.Output;
using Fptrace.Tracing.Launch;
using Fptrace.Tracing.Supervision;

namespace Fptrace;

/// <summary>Runs, and maps errors to exit codes.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        if (args is [TraceeStub.Argument, ..])
        {
            return TraceeStub.Run(args);
        }

        args = FrontLine.Adopt(args);
        OwnProcess.FillStandardDescriptors();

        // A limit of file sizes (ulimit -f) is a failure to write and not our end. The command gets the signal as we were given it.
        Disposition.Set(signal.SIGXFSZ, ignored: true);
        using var err = new StandardWriter(2);
        try
        {
            using var output = new StandardWriter(1);
            int exitCode = Verbs.Run(args, output, err);
            return output.Error == 0 ? exitCode : throw WriteFailure.Of("stdout", output.Error);
        }
        catch (FptraceException e)
        {
            err.WriteLine("fptrace: " + e.Message);
            if (e.EndedBy > 0)
            {
                FrontLine.Current?.TellDeath(e.EndedBy);
            }

            return e.ExitCode;
        }
    }
}
