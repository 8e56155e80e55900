using System.Globalization;
using Fptrace.Support;

namespace Fptrace.Engine;

/// <summary>Over a build by make and gcc, the trace has the opens that strace saw: none missing, none invented.</summary>
public sealed class WitnessTests
{
    [SkippableTheory]
    [AllEngines]
    public void Build_HasTheOpensThatStraceSees(string engine)
    {
        foreach (string program in (string[])["strace", "make", "gcc", "ar", "realpath"])
        {
            Requires.Program(program);
        }

        using var directory = new WorkDirectory();
        CopyProject(directory);
        string log = Path.Combine(directory.Results, "strace.log");
        CommandResult witness = CommandRunner.Run(directory.Work, ["strace", "-f", "-y", "-qq", "-s", "4096", "-e", "trace=open,openat,openat2,creat", "-e", "signal=none", "-o", log, "make"]);
        Assert.True(witness.ExitCode == 0, witness.Error);
        StraceLog expected = StraceLog.Parse(log, directory.Work);

        // In the same place again, so that paths agree.
        directory.Clear();
        CopyProject(directory);
        TracedRun run = TracedRun.With(directory, engine, ["--no-stdio"], ["make"]);
        Assert.Equal(witness.ExitCode, run.Result.ExitCode);
        Assert.Equal(witness.Output, run.Result.Output);
        Assert.True(run.Trace.IsComplete, run.Trace.Verdict);

        AssertSame("read", expected.Read, Opened(run, "read"));
        AssertSame("written", expected.Written, Opened(run, "write", "read-write", "create"));
    }

    private static IEnumerable<string> Opened(TracedRun run, params string[] kinds) =>
        OpenedPaths.Normalise(run.Trace.Accesses.Where(access => kinds.Contains(access.Kind)).Select(access => access.Path));

    private static void AssertSame(string what, IEnumerable<string> expected, IEnumerable<string> actual)
    {
        string[] missing = [.. expected.Except(actual)];
        string[] invented = [.. actual.Except(expected)];
        Assert.True(
            missing is [] && invented is [],
            string.Create(CultureInfo.InvariantCulture, $"{what}: {missing.Length} missing: {string.Join(' ', missing)}; {invented.Length} invented: {string.Join(' ', invented)}"));
    }

    private static void CopyProject(WorkDirectory directory)
    {
        foreach (string file in Directory.EnumerateFiles(Path.Combine(TestProgram.Folder, "project")))
        {
            File.Copy(file, directory.Path(Path.GetFileName(file)));
        }
    }
}
