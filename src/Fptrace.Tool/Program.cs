using Fptrace.Commands;
using Fptrace.Interop;
using Fptrace.Tracing;

namespace Fptrace;

/// <summary>Parses, runs, and maps errors to exit codes.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        if (args is [TraceeStub.Argument, ..])
        {
            return TraceeStub.Run(args);
        }

        try
        {
            OwnProcess.FillStandardDescriptors();
            return CommandLine.Parse(args, Console.Out, Console.Error) is { } options ? TraceCommand.Run(options, Console.Error) : 0;
        }
        catch (FptraceException e)
        {
            Console.Error.WriteLine("fptrace: " + e.Message);
            return e.ExitCode;
        }
    }
}
