using Fptrace.Support;

namespace Fptrace.Workflows;

/// <summary>Whole jobs of well-known tools, as docs/workflows.md promises them.</summary>
[Collection(Engine.DotnetProjects.Builds)]
public sealed class WorkflowTests
{
    public static TheoryData<string> Names => [.. WorkflowTable.All.Select(workflow => workflow.Name)];

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void SecondCall_Skips_EditRuns_AndASecondCloneComesFromTheCache(string name)
    {
        Workflow workflow = WorkflowTable.All.Single(row => row.Name == name);
        foreach (string program in workflow.Programs)
        {
            Skip.IfNot(!workflow.IsExtra || Requires.InPath(program), $"needs the program {program} in PATH");
            Requires.Program(program);
        }

        using var tree = new WorkflowTree(workflow);
        tree.Run();
        AssertRan(tree);
        Assert.True(tree.ResultHolds("the first one"), tree.Last.Output);
        tree.Run();
        AssertSkipped(tree);

        tree.Edit("first", "second");
        tree.Run();
        AssertRan(tree);
        Assert.True(tree.ResultHolds("the second one"), tree.Last.Output);
        tree.Run();
        AssertSkipped(tree);

        tree.Edit("second", "first");
        tree.Run();
        Assert.True(tree.ResultHolds("the first one"), tree.Last.Output);
        Assert.True(IsHit(tree) == workflow.GoesBack, tree.Last.Error);

        if (!workflow.GoesBack)
        {
            tree.Edit("first", "second");
            tree.Run();
            Assert.True(IsHit(tree), tree.Last.Error);
        }

        tree.Clone();
        tree.Run();
        Assert.True(IsHit(tree), tree.Last.Error);
        Assert.True(tree.ResultHolds("the first one"), tree.Last.Output);
        tree.Run();
        AssertSkipped(tree);
    }

    /// <summary>A job on a CI system, and the same job in its next run: other ids, tokens and files of the run, a fresh
    /// clone, and the cache of before.</summary>
    [SkippableFact]
    public void SameJobInTheNextRunOfACiSystem_ComesFromTheCache()
    {
        Workflow workflow = WorkflowTable.OnCi;
        Assert.All(workflow.Programs, Requires.Program);
        using var tree = new WorkflowTree(workflow) { Variables = WorkflowTable.CiRun(1) };
        tree.Run();
        AssertRan(tree);
        tree.Run();
        AssertSkipped(tree);

        tree.Clone();
        tree.Variables = WorkflowTable.CiRun(2);
        tree.Run();
        Assert.True(IsHit(tree), tree.Last.Error);
        Assert.True(tree.ResultHolds("the first one"), tree.Last.Output);
    }

    private static bool IsHit(WorkflowTree tree) =>
        tree.Last.Error.Contains("fptrace: from the cache, not run: ", StringComparison.Ordinal);

    private static void AssertSkipped(WorkflowTree tree) =>
        Assert.True(tree.Last.Error.Contains("fptrace: up to date, not run: ", StringComparison.Ordinal),
            tree.Last.Error);

    private static void AssertRan(WorkflowTree tree)
    {
        string error = tree.Last.Error;
        Assert.True(error.Contains("fptrace: run: ", StringComparison.Ordinal), error);
        Assert.False(error.Contains("it will run again", StringComparison.Ordinal)
            || error.Contains("not cached: ", StringComparison.Ordinal), error);
    }
}
