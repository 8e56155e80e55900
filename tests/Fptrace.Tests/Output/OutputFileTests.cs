using Fptrace.Model;
using Fptrace.Output;

namespace Fptrace.Tests.Output;

public sealed class OutputFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Target => _directory.File("out");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Commit_PutsTheFileInPlaceAndLeavesNothingElse()
    {
        using (var file = new OutputFile(Target, FileType.None))
        {
            file.Stream.Write("new"u8);
            Assert.False(File.Exists(Target));
            Assert.Equal([$".out.fptrace-{Environment.ProcessId}.tmp"], _directory.Names);
            file.Commit();
        }

        Assert.Equal("new", File.ReadAllText(Target));
        Assert.Equal(["out"], _directory.Names);
    }

    [Fact]
    public void WithoutCommit_TheTargetStaysAsItWas()
    {
        File.WriteAllText(Target, "old");
        using (var file = new OutputFile(Target, FileType.Regular))
        {
            file.Stream.Write("new"u8);
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
        using var file = new OutputFile(Target, FileType.Regular);
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

        using var file = new OutputFile(link, exists ? FileType.Regular : FileType.None);
        file.Stream.Write("new"u8);
        file.Commit();

        Assert.Equal("out", new FileInfo(link).LinkTarget);
        Assert.Equal("new", File.ReadAllText(Target));
    }

    [Fact]
    public void Device_IsWrittenStraightTo()
    {
        using var file = new OutputFile("/dev/null", FileType.CharacterDevice);
        Assert.True(file.IsDirect);
        file.Stream.Write("x"u8);
        file.Commit();
        Assert.True(File.Exists("/dev/null"));
        Assert.Equal(0, new FileInfo("/dev/null").Length);
    }

    [Theory]
    [InlineData("/dev/stdout")]
    [InlineData("/dev/stderr")]
    [InlineData("/proc/self/fd/2")]
    public void OwnDescriptor_IsNeverReplaced(string path)
    {
        using var file = new OutputFile(path, FileType.Regular);
        Assert.True(file.IsDirect);
        Assert.Null(OutputFile.ResolveTarget(path));
    }

    [Fact]
    public void LongName_StillHasATemporaryName()
    {
        string target = _directory.File(new string('x', 255));
        using var file = new OutputFile(target, FileType.None);
        file.Commit();
        Assert.True(File.Exists(target));
    }

    [Fact]
    public void StaleTemporary_IsReplacedAndNotFollowed()
    {
        string victim = _directory.File("victim");
        File.WriteAllText(victim, "kept");
        File.CreateSymbolicLink(_directory.File($".out.fptrace-{Environment.ProcessId}.tmp"), victim);
        using var file = new OutputFile(Target, FileType.None);
        file.Stream.Write("new"u8);
        file.Commit();

        Assert.Equal("kept", File.ReadAllText(victim));
        Assert.Equal("new", File.ReadAllText(Target));
    }

    [Theory]
    [InlineData("", FileType.None, "cannot write '': the name is empty; name a file")]
    [InlineData("/tmp", FileType.Directory, "cannot write /tmp: it is a directory; name a file")]
    [InlineData("/nowhere/x/out", FileType.None, "cannot write /nowhere/x/out: its directory does not exist; create the directory first")]
    public void CannotBeOpened_FailsAtOnceWithARemedy(string path, FileType existing, string message)
    {
        FptraceException e = Assert.Throws<FptraceException>(() => new OutputFile(path, existing));
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

    private static UnixFileMode ModeOf(string path) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);
}
