namespace Fptrace.Engine;

/// <summary>-u: the command believes that it deleted, and everything is still there.</summary>
public sealed class UndeleteTests
{
    [SkippableTheory]
    [AllEngines("rm file")]
    [AllEngines("unlink file")]
    [AllEngines("rm -r folder")]
    [AllEngines("rmdir folder")]
    [AllEngines("rm -f missing file")]
    public void Deletion_SucceedsAndDeletesNothing(string engine, string command)
    {
        using var directory = new WorkDirectory();
        Fill(directory);
        TracedRun.With(directory, engine, ["-u"], ["sh", "-c", command]).Succeeded();
        Assert.Equal("file\n", File.ReadAllText(directory.Path("file")));
        Assert.Equal("inside\n", File.ReadAllText(directory.Path("folder/inside")));
    }

    [SkippableTheory]
    [AllEngines("rm missing")]
    [AllEngines("rmdir missing")]
    public void DeletionOfNothing_FailsAsEver(string engine, string command)
    {
        using var directory = new WorkDirectory();
        CommandResult alone = CommandRunner.Run(directory.Work, ["sh", "-c", command]);
        TracedRun run = TracedRun.With(directory, engine, ["-u"], ["sh", "-c", command]);
        Assert.Equal(alone, run.Result);
    }

    [SkippableTheory]
    [AllEngines]
    public void WithoutTheOption_DeletionDeletes(string engine)
    {
        using var directory = new WorkDirectory();
        Fill(directory);
        TracedRun.Of(directory, engine, "rm", "-r", "file", "folder").Succeeded();
        Assert.Empty(Directory.EnumerateFileSystemEntries(directory.Work));
    }

    private static void Fill(WorkDirectory directory)
    {
        directory.Write("file", "file\n");
        Directory.CreateDirectory(directory.Path("folder"));
        directory.Write("folder/inside", "inside\n");
    }
}
