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

        TestProgram expected = TestProgram.Read(program);
        IEnumerable<string> accesses = run.OwnAccesses.Where(access => engine != "notify" || !expected.Tolerated.Contains(access));
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
        Assert.Equal([TestPrograms.Path("fexec"), TestPrograms.Path("fexec")], run.Trace.Executions.OrderBy(execution => execution.Id).Select(execution => execution.Path));
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
    public void ManyDescriptors_AreAllListed(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun run = Run(directory, engine, "manyfds");
        Assert.Equal(503, run.Deps.Single(record => record.Id == 2).Descriptors.Count);
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
        TestProgram.Read(program).Prepare(directory);
        TracedRun run = TracedRun.Of(directory, engine, binary);
        Requires.That(run.Result.ExitCode != TestProgram.Unsupported, $"needs what tests/programs/{program}.c needs");
        return run.Succeeded();
    }
}
