using Fptrace.Linux.Processes;

namespace Fptrace.Commands.Doctor;

/// <summary><c>fptrace doctor</c>: tells whether tracing works here, and what is missing.</summary>
internal static class DoctorCommand
{
    // The columns of the two tables.
    private const int Heading = 10;
    private const int Name = 34;

    public static int Run(bool json, TextWriter output)
    {
        var found = Diagnosis.Make();
        if (json)
        {
            output.Write(DoctorJson.Write(found));
        }
        else
        {
            Write(found, output);
        }

        return found.Works ? 0 : ExitCodes.TracingDenied;
    }

    private static void Write(Diagnosis found, TextWriter output)
    {
        output.WriteLine(ToolVersion.Line);
        WriteHeading("runtime", ToolRuntime.Describe);
        if (LinkedCode.OpenSslVersion() is { } version)
        {
            WriteHeading("OpenSSL", version);
        }

        WriteHeading("kernel", $"Linux {found.Kernel.Release}, {found.Kernel.Architecture}");
        WriteHeading("engine", $"{found.Engine ?? "none, tracing does not work"}: {found.Reason}");
        output.WriteLine();
        foreach (Finding finding in found.Findings)
        {
            output.WriteLine(Mark(finding.State) + finding.Name.PadRight(Name) + finding.Detail);
            if (finding.Remedy is { } remedy)
            {
                output.WriteLine(new string(' ', Mark(finding.State).Length + Name) + "remedy: " + remedy);
            }
        }

        void WriteHeading(string name, string text) => output.WriteLine(name.PadRight(Heading) + text);
    }

    private static string Mark(FindingState state) => state switch
    {
        FindingState.Found => "yes  ",
        FindingState.Missed => "no   ",
        _ => "?    ",
    };
}
