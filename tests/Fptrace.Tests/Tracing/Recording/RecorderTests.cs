using Fptrace.Model;
using Fptrace.Output;
using Fptrace.Tracing.Plan;

namespace Fptrace.Tracing.Recording;

/// <summary>What counts as the first access to a file, whose name may be another one's meanwhile.</summary>
public sealed class RecorderTests
{
    private readonly Recorder _recorder = new(new TraceSinks([]), new TracePlan { Files = true });
    private readonly ExecutionState _state;

    public RecorderTests()
    {
        var stub = new ExecutionState(BareExecution.Of(0, 1), _recorder.Forgotten);
        _state = _recorder.Begin(stub, 1, new PendingExec(default, default, [], null), new NewProgram(default, [], []));
    }

    [Theory]
    [InlineData(300)]
    [InlineData(32767)]
    [InlineData(32768)]
    [InlineData(4194303)]
    public void Process_IsKnownEvenWhenItHasEnded(int pid)
    {
        Assert.False(_recorder.HadProcess(pid));
        _recorder.Join(_state, pid, isProcess: true);
        Assert.True(_recorder.HadProcess(pid));
        Assert.False(_recorder.HadProcess(pid - 1) || _recorder.HadProcess(pid + 1));
    }

    [Fact]
    public void PathThatIsReadAgain_IsKnown()
    {
        Read("/a/b/c");
        Read("/a/b/c");
        Assert.Equal(["/a/b/c"], Reads());
    }

    [Theory]
    [InlineData("/a", "/a/b/c", true)]
    [InlineData("/a/b", "/a/b/c", true)]
    [InlineData("/a/b/c", "/a/b/c", true)]
    [InlineData("/a/b/cc", "/a/b/c", false)]
    [InlineData("/a/bb", "/a/b/c", false)]
    [InlineData("/b", "/a/b/c", false)]
    public void PathBelowADirectoryThatWasRenamed_IsAnotherFile(string renamed, string path, bool isAnother)
    {
        Read(path);
        Rename(renamed, "/elsewhere");
        Read(path);
        Read(path);
        Assert.Equal(isAnother ? 2 : 1, Reads().Count());
    }

    [Fact]
    public void PathThatWasReadSince_IsKnownUntilTheNextRename()
    {
        Read("/a/b");
        Rename("/a", "/x");
        Read("/a/b");
        Rename("/y", "/z");
        Read("/a/b");
        Rename("/a", "/x");
        Read("/a/b");
        Assert.Equal(3, Reads().Count());
    }

    [Fact]
    public void ManyRenames_AreForgottenWithWhatTheyConcern()
    {
        Read("/d7/f");
        Read("/kept/f");
        for (int i = 0; i < 10_000; i++)
        {
            Rename("/d" + i, "/x" + i);
        }

        Read("/d7/f");
        Read("/kept/f");
        Assert.Equal(["/d7/f", "/kept/f", "/d7/f"], Reads());
    }

    /// <summary>Each rename must not look at every path that is known: that would be some 10^10 steps, which take
    /// minutes.</summary>
    [Fact]
    public void RenamesAmongManyKnownPaths_TakeNoLookAtEach()
    {
        for (int i = 0; i < 100_000; i++)
        {
            Read("/known/" + i);
        }

        for (int i = 0; i < 100_000; i++)
        {
            Rename("/d", "/x");
        }

        Assert.Equal(100_000, Reads().Count());
    }

    private void Read(string path) =>
        _recorder.Record(_state, AccessKind.Read, ByteString.Parse(path).Span, FileType.Regular, default);

    private void Rename(string from, string to)
    {
        var gone = new Access(0, 0, AccessKind.RenameFrom, ByteString.Parse(from), ByteString.Parse(to),
            FileType.Directory, false, default);
        _recorder.Record(_state,
            (ReadOnlySpan<Access>)[gone,
            gone with { Kind = AccessKind.RenameTo, Path = gone.Counterpart, Counterpart = gone.Path }]);
    }

    private IEnumerable<string> Reads() =>
        _state.Execution.Accesses.Where(access => access.Kind == AccessKind.Read)
            .Select(access => access.Path.ToString());
}
