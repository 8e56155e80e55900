using System.Diagnostics;
using System.IO.Pipes;
using System.Text.RegularExpressions;
using Fptrace.Linux.Descriptors;
using Fptrace.Support;

namespace Fptrace.Engine;

/// <summary>Runs a command with an empty standard input; one that does not end is killed with its children and fails
/// the test.</summary>
internal static partial class CommandRunner
{
    private static readonly Lock Starting = new();

    // What the test host inherited would be inherited by the commands, and count among their descriptors.
    static CommandRunner()
    {
        foreach (string descriptor in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            int fd = int.Parse(Path.GetFileName(descriptor), System.Globalization.CultureInfo.InvariantCulture);
            if (fd > 2)
            {
                DescriptorFlags.CloseOnExec(fd);
            }
        }
    }

    public static CommandResult Run(string directory, IReadOnlyList<string> command, TimeSpan? limit = null)
    {
        using Process process = Start(directory, command);
        return Finish(process, command, limit);
    }

    public static Process Start(string directory, IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // One spelling of every tool's path wherever /bin is a link, and no locale files among the inputs.
        start.Environment["PATH"] = "/bin:/usr/bin:" + Environment.GetEnvironmentVariable("PATH");
        start.Environment["LC_ALL"] = "C";
        start.Environment.Remove("LANGUAGE");

        // Few programs of tests ask so much that they are armed otherwise.
        start.Environment.TryAdd("FPTRACE_ARM_AFTER", "1");
        lock (Starting)
        {
            RenewInput();
            return Process.Start(start)!;
        }
    }

    // A command inherits a pipe at its end. One that is closed after the start may be open still when the tool looks.
    // Each command has one of its own: with a shared one it would see O_NONBLOCK when another sets it.
    private static void RenewInput()
    {
        using var ended = new AnonymousPipeServerStream(PipeDirection.In);
        ended.DisposeLocalCopyOfClientHandle();
        Pipes.Replace((int)ended.SafePipeHandle.DangerousGetHandle(), 0);
    }

    public static CommandResult Finish(Process process, IReadOnlyList<string> command, TimeSpan? limit = null)
    {
        TimeSpan most = limit ?? Wait.Limit;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!WaitForExit(process, most) || !Task.WaitAll([output, error], most))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"did not end within {most.TotalSeconds} s: {string.Join(' ', command)}");
        }

        return new CommandResult(process.ExitCode, WithoutReports(output.Result), WithoutReports(error.Result));
    }

    // Where the disk is slow, fptrace run tells of reading that takes two seconds. What it says then is for
    // RunAtTerminalTests alone.
    private static string WithoutReports(string text) => Reports().Replace(text, "");

    [GeneratedRegex(@"^fptrace: [^:\n]+: [^:\n]+B so far(, [^\n]*)?\n", RegexOptions.Multiline)]
    private static partial Regex Reports();

    // What still uses its processor does not hang, however little of it a busy machine gives.
    private static bool WaitForExit(Process process, TimeSpan limit)
    {
        TimeSpan before = TimeSpan.Zero;
        while (!process.WaitForExit(limit))
        {
            TimeSpan used = ProcessorTime(process);
            if (used - before < limit / 1000)
            {
                return false;
            }

            before = used;
        }

        return true;
    }

    private static TimeSpan ProcessorTime(Process process)
    {
        process.Refresh();
        try
        {
            return process.TotalProcessorTime;
        }
        catch (InvalidOperationException)
        {
            // It has ended meanwhile.
            return TimeSpan.MaxValue;
        }
    }
}
