using Fptrace.Model;
using Fptrace.Support;

namespace Fptrace.Engine;

/// <summary>Each program's accesses are those that its source names, whatever the engine.</summary>
public sealed class ProgramTests
{
    public static IEnumerable<object[]> Cases =>
        from program in TestPrograms.WithAccesses
        from engine in Engines.Names
        select new object[] { engine, program };

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Program_MakesTheAccessesItNames(string engine, string program)
    {
        using var directory = new WorkDirectory();
        TracedRun run = Run(directory, engine, program);

        Compare(run, TestProgram.Read(program), engine);
    }

    private static void Compare(TracedRun run, TestProgram expected, string engine)
    {
        IEnumerable<string> accesses = run.OwnAccesses.Where(access => engine is not ("notify" or "fast")
            || !expected.Tolerated.Contains(access));
        Assert.Equal(
            expected.IsOrdered ? expected.Accesses : expected.Accesses.Order(StringComparer.Ordinal),
            expected.IsOrdered ? accesses : accesses.Order(StringComparer.Ordinal));
        Assert.True(run.Trace.IsComplete, run.Trace.Verdict);
        Assert.Equal(engine, run.Trace.Engine);
    }

    [SkippableTheory]
    [AllEngines]
    public void ExecutionByDescriptor_HasThePathOfTheProgram(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun run = Run(directory, engine, "fexec");
        Assert.Equal([TestPrograms.Path("fexec"), TestPrograms.Path("fexec")],
            run.Trace.Executions.OrderBy(execution => execution.Id).Select(execution => execution.Path));
    }

    [SkippableTheory]
    [AllEngines]
    public void ExecFromAnotherThread_ContinuesTheFirstProcess(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun run = Run(directory, engine, "threadexec");
        Assert.Equal([(0, 1, 2), (1, 2, 0)], run.Deps.Select(record => (record.Parent, record.Id, record.Exec)));
    }

    [SkippableTheory]
    [AllEngines]
    public void ExecFromAnotherThread_LeavesNoThreadBehind(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun run = TracedRun.With(directory, engine, ["--survivors", "kill"], [TestPrograms.Path("threadexec")])
            .Succeeded();

        // One that still counted would have outlived the command.
        Assert.True(run.Trace.IsComplete, run.Trace.Verdict);
    }

    [SkippableTheory]
    [AllEngines]
    public void ManyDescriptors_AreAllListed(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun run = Run(directory, engine, "manyfds");
        Assert.Equal(5003, run.Deps.Single(record => record.Id == 2).Descriptors.Count);
    }

    [SkippableTheory]
    [AllEngines]
    public void ProgramInMemory_HasAFictionalName(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun run = Run(directory, engine, "memfd");
        Assert.Equal("/dev/fptrace/memfd/1", run.Record("from-memory").Path);
        Assert.Contains("\"executable\":\"/dev/fptrace/memfd/1\"",
            run.Trace.Executions.Single(execution => execution.Id == 2).Json, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [AllEngines]
    public void ThousandThreads_EachHaveTheirFile(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun run = Run(directory, engine, "crowd");
        Assert.Equal(
            Enumerable.Range(0, 1000).Select(i => $"1 create thread-{i}").Order(StringComparer.Ordinal),
            run.OwnAccesses.Order(StringComparer.Ordinal));
    }

    [SkippableTheory]
    [AllEngines]
    public void OddNames_SurviveInEveryOutput(string engine)
    {
        using var directory = new WorkDirectory();
        string scripts = Path.Combine(directory.Results, "scripts");
        TestProgram.Read("names").Prepare(directory);
        TracedRun run = TracedRun.With(directory, engine, ["-s", scripts], [TestPrograms.Path("names")]).Succeeded();
        byte[][] names = [.. run.Trace.Executions.Single(execution => execution.Id == 2).Arguments.Skip(1)
            .Select(name => ByteString.Parse(name).Span.ToArray())];
        Assert.Equal(15, names.Length);
        Assert.Contains(names, name => name.SequenceEqual(new byte[] { 0xff, 0xfe }));
        string[] paths =
            [.. names.Select(name =>
                new ByteString([.. System.Text.Encoding.UTF8.GetBytes(directory.Work), (byte)'/', .. name])
                    .ToString())];
        Assert.Equal(paths, run.Trace.Accesses.Where(access => access.Kind == "create").Select(access => access.Path));
        Assert.Equal(paths,
            run.Trace.Accesses.Where(access => access.Execution == 2 && access.Kind == "read"
                && paths.Contains(access.Path)).Select(access => access.Path));
        Assert.Equal(paths, run.Deps.Single(record => record.Id == 1).Outputs);

        // The script reads the same files again, by the same names.
        Assert.Equal(0, CommandRunner.Run("/", [Assert.Single(Directory.EnumerateFiles(scripts, "1-2-*"))]).ExitCode);
    }

    [SkippableTheory]
    [AllEngines("changes")]
    [AllEngines("clone3")]
    [AllEngines("copies")]
    [AllEngines("dotdot")]
    [AllEngines("fexec")]
    [AllEngines("forms")]
    [AllEngines("gone")]
    [AllEngines("ofd")]
    [AllEngines("refused")]
    [AllEngines("threads")]
    [AllEngines("vfork")]
    [AllEngines("xattr")]
    public void ProgramOf32Bits_MakesTheSameAccesses(string engine, string program)
    {
        using var directory = new WorkDirectory();
        string binary = TestPrograms.Path(program, bits: 32);
        TestProgram expected = TestProgram.Read(program);
        expected.Prepare(directory);
        TracedRun run = TracedRun.With(directory, engine, expected.Options, [binary]);
        Skip.If(run.Result.ExitCode is TestProgram.Unsupported or 126,
            $"needs what tests/programs/{program}.c needs, with 32 bits");
        Compare(run.Succeeded(), expected, engine);
    }

    [SkippableTheory]
    [AllEngines]
    public void PathOf4095Bytes_IsRecordedWhole(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun run = Run(directory, engine, "deep");
        Assert.Single(run.Trace.Accesses, access => access.Kind == "create" && access.Path.Length == 4095);
    }

    private static TracedRun Run(WorkDirectory directory, string engine, string program)
    {
        string binary = TestPrograms.Path(program);
        TestProgram expected = TestProgram.Read(program);
        expected.Prepare(directory);
        TracedRun run = TracedRun.With(directory, engine, expected.Options, [binary]);
        Requires.That(run.Result.ExitCode != TestProgram.Unsupported, $"needs what tests/programs/{program}.c needs");
        return run.Succeeded();
    }
}
