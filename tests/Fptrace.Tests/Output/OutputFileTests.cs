using Fptrace.Output;

namespace Fptrace.Tests.Output;

public sealed class OutputFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Target => _directory.File("out");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Commit_PutsTheFileInPlace_AndNothingStandsThereBefore()
    {
        using (var file = new OutputFile(Target))
        {
            file.Write("new"u8);
            Assert.Empty(_directory.Names);
            file.Commit();
        }

        Assert.Equal("new", File.ReadAllText(Target));
        Assert.Equal(["out"], _directory.Names);
    }

    [Fact]
    public void WithoutCommit_TheTargetStaysAsItWas()
    {
        File.WriteAllText(Target, "old");
        using (var file = new OutputFile(Target))
        {
            file.Write("new"u8);
        }

        Assert.Equal("old", File.ReadAllText(Target));
        Assert.Equal(["out"], _directory.Names);
    }

    [Fact]
    public void Commit_KeepsTheModeOfTheFileBefore()
    {
        const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite;
        File.WriteAllText(Target, "old");
        SetMode(Target, Mode);
        using var file = new OutputFile(Target);
        file.Commit();

        Assert.Equal(Mode, ModeOf(Target));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Link_IsWrittenThrough(bool exists)
    {
        string link = _directory.File("link");
        File.CreateSymbolicLink(link, "out");
        if (exists)
        {
            File.WriteAllText(Target, "old");
        }

        using var file = new OutputFile(link);
        file.Write("new"u8);
        file.Commit();

        Assert.Equal("out", new FileInfo(link).LinkTarget);
        Assert.Equal("new", File.ReadAllText(Target));
    }

    [Fact]
    public void Device_StaysADevice()
    {
        using var file = new OutputFile("/dev/null");
        file.Write("x"u8);
        file.Commit();
        Assert.Equal(0, new FileInfo("/dev/null").Length);
        Assert.Null(OutputTarget.Of("/dev/null").Descriptor);
    }

    [Theory]
    [InlineData("-", 1)]
    [InlineData("/dev/stdout", 1)]
    [InlineData("/dev/stderr", 2)]
    [InlineData("/proc/self/fd/2", 2)]
    public void OwnDescriptor_IsNeverReplaced(string path, int descriptor) =>
        Assert.Equal((descriptor, true, (byte[]?)null),
            (OutputTarget.Of(path).Descriptor, OutputTarget.Of(path).IsSpecial, OutputTarget.Of(path).Path));

    [Fact]
    public void LinkToAnOwnDescriptor_IsThatDescriptor()
    {
        File.CreateSymbolicLink(Target, "/dev/stdout");
        Assert.Equal(1, OutputTarget.Of(Target).Descriptor);
    }

    [Theory]
    [InlineData("/dev/fd/4711")]
    [InlineData("/proc/self/fd/4711")]
    public void ClosedDescriptor_FailsAtOnce(string path)
    {
        FptraceException e = Assert.Throws<FptraceException>(() => new OutputFile(path));
        Assert.Equal((ExitCodes.Output, $"cannot write {path}: that descriptor is closed; open it, or name a file"),
            (e.ExitCode, e.Message));
    }

    [Fact]
    public void Directory_ThatWasRemovedMeanwhile_IsMadeAgain()
    {
        Directory.CreateDirectory(_directory.File("a/b"));
        using var file = new OutputFile(_directory.File("a/b/out"));
        file.Write("new"u8);
        Directory.Delete(_directory.File("a"), recursive: true);
        file.Commit();
        Assert.Equal("new", File.ReadAllText(_directory.File("a/b/out")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1 << 16)]
    [InlineData((1 << 16) + 1)]
    [InlineData((1 << 24) + 4711)]
    public void Content_OfAnyLength_Arrives(int length)
    {
        byte[] content = new byte[length];
        new Random(4711).NextBytes(content);
        using var file = new OutputFile(Target);
        foreach (byte[] piece in content.Chunk(12345))
        {
            file.Write(piece);
        }

        file.Commit();
        Assert.True(content.AsSpan().SequenceEqual(File.ReadAllBytes(Target)));
    }

    [Fact]
    public void NameThatIsNoUtf8_IsWritten()
    {
        using var file = new OutputFile(_directory.File("a\u0000ff"));
        file.Commit();

        // It is removed, too: the runtime cannot.
        using var found =
            System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("sh",
                ["-c", "rm \"$1/$(printf 'a\\377')\"", "sh", _directory.Path]))!;
        found.WaitForExit();
        Assert.Equal(0, found.ExitCode);
    }

    [Fact]
    public void LongName_StillHasATemporaryName()
    {
        string target = _directory.File(new string('x', 255));
        using var file = new OutputFile(target);
        file.Commit();
        Assert.True(File.Exists(target));
    }

    [Fact]
    public void StaleTemporary_IsReplacedAndNotFollowed()
    {
        string victim = _directory.File("victim");
        File.WriteAllText(victim, "kept");
        File.CreateSymbolicLink(_directory.File($".out.fptrace-{Environment.ProcessId}.tmp"), victim);
        using var file = new OutputFile(Target);
        file.Write("new"u8);
        file.Commit();

        Assert.Equal("kept", File.ReadAllText(victim));
        Assert.Equal("new", File.ReadAllText(Target));
    }

    [Theory]
    [InlineData("", "cannot write '': the name is empty; name a file")]
    [InlineData("/tmp", "cannot write /tmp: it is a directory; name a file")]
    [InlineData("/nowhere/x/out",
        "cannot write /nowhere/x/out: its directory does not exist; create the directory first")]
    public void CannotBeOpened_FailsAtOnceWithARemedy(string path, string message)
    {
        FptraceException e = Assert.Throws<FptraceException>(() => new OutputFile(path));
        Assert.Equal(ExitCodes.Output, e.ExitCode);
        Assert.Equal(message, e.Message);
    }

    private static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    private static UnixFileMode ModeOf(string path) =>
        OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);
}
