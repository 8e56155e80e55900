using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Caching;

/// <summary>What stands at the places of outputs, and whether a hit may take them.</summary>
public sealed class PriorStateRunTests : IDisposable
{
    private readonly CachedRun _run = new();

    [SkippableTheory]
    [InlineData("os.close(os.open('o', os.O_WRONLY | os.O_CREAT | os.O_EXCL))")]
    [InlineData("os.mkdir('o')")]
    [InlineData("os.symlink('in', 'o')")]
    [InlineData("os.link('in', 'o')")]
    [InlineData("os.mknod('o')")]
    [InlineData("open('t', 'w').write('made'); rename('t', 'o')")]
    public void MadeWhereNothingMayStand_SomethingStandsThere_RunsAndFails(string makes)
    {
        Requires.Program("python3");
        string[] command = Python(makes);
        _run.Write("in", "1");
        CachedRun.AssertRan(_run.Run(command));
        Remove("o");
        CachedRun.AssertHit(_run.Run(command));

        // As the command left it, and nothing is known of the tree.
        Directory.Delete(_run.At(".fptrace"), recursive: true);
        CommandResult refused = _run.Run(command);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("now exists, and the command would have refused it: o\n", refused.Error,
            StringComparison.Ordinal);

        Remove("o");
        _run.Write("o", "mine");
        Assert.NotEqual(0, _run.Run(command).ExitCode);
        Assert.Equal("mine", _run.Read("o"));
    }

    [SkippableFact]
    public void DeletedAndMadeWhereNothingMayStand_Hit()
    {
        Requires.Program("python3");
        string[] command = Python("os.path.lexists('o') and os.unlink('o'); open('o', 'x').write(open('in').read())");
        BackAndForth(command, "o");
    }

    [SkippableTheory]
    [InlineData("mkdir -p out/deep; cp in out/deep/copy")]
    [InlineData("ln -sf in link; mkdir -p out/deep; sort in -o out/deep/copy")]
    public void ExclusiveCallThatTheCommandTriesOnly_BackInPlace_Hit(string script) =>
        BackAndForth(["sh", "-c", script], "out/deep/copy");

    [SkippableFact]
    public void Sort_BackInPlace_Hit() => BackAndForth(["sort", "in", "-o", "o"], "o");

    [SkippableTheory]
    [InlineData("fd = os.open('o', os.O_RDWR | os.O_CREAT); os.ftruncate(fd, 0); os.write(fd, open('in', "
        + "'rb').read())")]
    [InlineData("fd = os.open('o', os.O_RDWR | os.O_CREAT); fcntl.flock(fd, 2); os.lseek(fd, 0, 2); os.ftruncate(fd, "
        + "0); os.pwrite(fd, open('in', 'rb').read(), 0)")]
    [InlineData("fd = os.open('o', os.O_WRONLY | os.O_CREAT); os.write(fd, b'longer than what comes'); "
        + "os.ftruncate(fd, 0); os.pwrite(fd, open('in', 'rb').read(), 0)")]
    [InlineData("os.close(os.open('o', os.O_WRONLY | os.O_CREAT)); os.truncate('o', 0); open('o', "
        + "'a').write(open('in').read())")]
    public void OpenedForWritingAloneAndCut_BackInPlace_Hit(string script)
    {
        Requires.Program("python3");
        BackAndForth(Python(script), "o");
    }

    [SkippableTheory]
    [InlineData("fd = os.open('o', os.O_WRONLY | os.O_CREAT); old = open('o').read(); os.ftruncate(fd, 0); "
        + "os.write(fd, (old + open('in').read()).encode())")]
    [InlineData("fd = os.open('o', os.O_WRONLY | os.O_CREAT); rd = os.open('o', os.O_RDWR); old = os.read(rd, 99); "
        + "os.ftruncate(fd, 0); os.write(fd, old + open('in', 'rb').read())")]
    [InlineData("fd = os.open('o', os.O_RDWR | os.O_CREAT); old = os.pread(fd, 99, 0); os.ftruncate(fd, 0); "
        + "os.write(fd, old + open('in', 'rb').read())")]
    [InlineData("fd = os.open('o', os.O_RDWR | os.O_CREAT); n = os.fstat(fd).st_size; old = mmap.mmap(fd, n).read() "
        + "if n else b''; os.ftruncate(fd, 0); os.write(fd, old + open('in', 'rb').read())")]
    [InlineData("fd = os.open('o', os.O_RDWR | os.O_CREAT); old = os.read(os.dup(fd), 99); os.ftruncate(fd, 0); "
        + "os.lseek(fd, 0, 0); os.write(fd, old + open('in', 'rb').read())")]
    [InlineData("fd = os.open('o', os.O_WRONLY | os.O_CREAT); os.link('o', 'l'); old = open('l').read(); "
        + "os.unlink('l'); os.ftruncate(fd, 0); os.write(fd, (old + open('in').read()).encode())")]
    [InlineData("fd = os.open('o', os.O_WRONLY | os.O_CREAT); os.rename('o', 'l'); old = open('l').read(); "
        + "os.rename('l', 'o'); os.ftruncate(fd, 0); os.write(fd, (old + open('in').read()).encode())")]
    public void ReadBeforeItIsCut_BackInPlace_RunsAsItWouldWithoutACache(string script)
    {
        Requires.Program("python3");
        string[] command = Python(script);
        _run.RunWithTwoInputs(command);
        Assert.Equal("12", _run.Read("o"));

        CachedRun.AssertRan(_run.Run(command));

        Assert.Equal("121", _run.Read("o"));
    }

    [SkippableFact]
    public void EmptyLock_MadeAndLeft_BlocksNoHitAndStaysTheSameFile()
    {
        Requires.Program("flock");
        string[] command = ["flock", "lock", "cp", "in", "o"];
        BackAndForth(command, "o");
        string lockBefore = CommandRunner.Run(_run.Root, ["stat", "-c", "%i", "lock"]).Output;
        _run.Write("in", "1");
        CachedRun.AssertHit(_run.Run(command));
        Assert.Equal(lockBefore, CommandRunner.Run(_run.Root, ["stat", "-c", "%i", "lock"]).Output);
        _run.Write("lock", "text");
        _run.Write("in", "2");
        CachedRun.AssertRan(_run.Run(command));
        Assert.Equal("text", _run.Read("lock"));
    }

    [SkippableFact]
    public void OwnOutputReplacedByAnotherOfAnotherSize_IsReadBeforeItIsChanged()
    {
        string[] command = ["sh", "-c", "cat in >> log"];
        _run.Write("in", "1");
        _run.Write("log", "0");
        CachedRun.AssertRan(_run.Run(command));
        _run.Write("log", "abc");
        CachedRun.AssertRan(_run.Run(command));
        _run.Write("log", "xyz");

        CachedRun.AssertRan(_run.Run(command));

        Assert.Equal("xyz1", _run.Read("log"));
        _run.Write("log", "abc");
        CachedRun.AssertHit(_run.Run(command));
        Assert.Equal("abc1", _run.Read("log"));
    }

    [SkippableFact]
    public void DotNetBuild_BackToFormerSource_HitInTheSameTree()
    {
        _run.Write("p.csproj",
            "<Project Sdk=\"Microsoft.NET.Sdk\">"
            + "<PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>");
        string[] command =
        [
            "env", "MSBUILDDISABLENODEREUSE=1", "UseSharedCompilation=false", "DOTNET_CLI_USE_MSBUILD_SERVER=0",
            "DOTNET_NOLOGO=1",
            "dotnet", "build", "-tl:off", "-v:q", "p.csproj",
        ];
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string[] options = ["--ignore", Path.GetTempPath(), "--ignore", home + "/"];
        _run.Write("a.cs", "class A { }");
        CachedRun.AssertRan(_run.Run(options, command));
        byte[] first = File.ReadAllBytes(_run.At("bin/Debug/net10.0/p.dll"));
        _run.Write("a.cs", "class B { }");
        CachedRun.AssertRan(_run.Run(options, command));
        _run.Write("a.cs", "class A { }");

        CachedRun.AssertHit(_run.Run(options, command));

        Assert.Equal(first, File.ReadAllBytes(_run.At("bin/Debug/net10.0/p.dll")));
    }

    [SkippableFact]
    public void KeptOutput_DeletedWithItsTree_IsRestoredFromTheRunThatMadeIt()
    {
        string[] command = ["sh", "-c", "cat in > o; [ -e kept ] || echo made > kept"];
        _run.RunWithTwoInputs(command);
        CachedRun.AssertHit(_run.Run(command));
        _run.Write("in", "2");
        CachedRun.AssertHit(_run.Run(command));
        File.Delete(_run.At("kept"));

        // The run with 2 that is known had found the file: without it the command runs.
        CachedRun.AssertRan(_run.Run(command));

        Assert.Equal("made\n", _run.Read("kept"));
        _run.AssertSound();
    }

    [SkippableFact]
    public void HitBetween_OutputFoundAsItWas_StaysOne()
    {
        // Where it was checked in it is an input; here the step has made it.
        string[] command = ["sh", "-c", "cat in > o; [ -e kept ] || echo made > kept"];
        _run.Write("kept", "made\n");
        _run.Write("in", "1");
        CachedRun.AssertRan(_run.Run(command));
        File.Delete(_run.At("kept"));
        _run.Write("in", "2");
        CachedRun.AssertRan(_run.Run(command));
        _run.Write("in", "1");

        CachedRun.AssertHit(_run.Run(command));

        string manifest = Directory.EnumerateFiles(_run.At(".fptrace"), "*.json").Single();
        Assert.Equal(["kept", "o"],
            Manifests.Format.ManifestFile.Load(manifest).Manifest!.Outputs.Select(output => output.Path.ToString()));
    }

    public void Dispose() => _run.Dispose();

    /// <summary>1, 2, 1, 2: the last two come from the cache.</summary>
    private void BackAndForth(string[] command, string output)
    {
        _run.Write("in", "1");
        CachedRun.AssertRan(_run.Run(command));
        string one = _run.Read(output);
        _run.Write("in", "2");
        CachedRun.AssertRan(_run.Run(command));
        string two = _run.Read(output);
        Assert.NotEqual(one, two);
        _run.Write("in", "1");

        CachedRun.AssertHit(_run.Run(command));
        Assert.Equal(one, _run.Read(output));
        _run.Write("in", "2");
        CachedRun.AssertHit(_run.Run(command));
        Assert.Equal(two, _run.Read(output));
        CachedRun.AssertSkipped(_run.Run(command));
        _run.AssertSound();
    }

    private void Remove(string path) => CommandRunner.Run(_run.Root, ["rm", "-r", path]);

    private static string[] Python(string script) =>
    [
        "python3", "-I", "-S", "-c",
        "import os, ctypes, fcntl, mmap\ndef rename(a, b):\n  if ctypes.CDLL(None).renameat2(-100, a.encode(), -100, "
            + "b.encode(), 1): raise OSError()\n" + script,
    ];
}
