using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Manifests;

/// <summary>The mode of a directory: who looks at the directory sees it, and it decides what may be seen.</summary>
public sealed class DirectoryModeScenarioTests : IDisposable
{
    private const UnixFileMode Open = (UnixFileMode)0x1ed; // 0755
    private const UnixFileMode Closed = (UnixFileMode)0x1c0; // 0700
    private readonly RunScenario _scenario = new();

    [SkippableTheory]
    [InlineData("stat -c %a d > out")]
    [InlineData("ls -ld d > out")]
    [InlineData("find d -perm -005 > out")]
    public void DirectoryLookedAt_OtherMode_Runs(string command)
    {
        Make(Open);
        _scenario.Command = ["sh", "-c", command];
        _scenario.RunTwice();

        File.SetUnixFileMode(_scenario.Directory.Path("d"), Closed);
        _scenario.RunsBecause("input mode changed: d: 0755 → 0700");
    }

    [SkippableTheory]
    [InlineData("cat d/in > out")]
    [InlineData("echo text > d/out")]
    [InlineData("stat -c %a d > out; chmod 755 d")]
    public void DirectoryLedThroughOrOwn_OtherModeBefore_Skips(string command)
    {
        Make(Open);
        _scenario.Command = ["sh", "-c", command];
        _scenario.RunTwice();

        if (!command.Contains("chmod", StringComparison.Ordinal))
        {
            File.SetUnixFileMode(_scenario.Directory.Path("d"), Closed);
        }

        Assert.Equal(RunScenario.Skipped, _scenario.Run());
    }

    [SkippableTheory]
    [InlineData("ls d > out 2> /dev/null || echo closed > out")]
    [InlineData("test -r d && echo open > out || echo closed > out")]
    public void DirectoryThatMayNotBeListed_ThenMay_Runs(string command)
    {
        Requires.Program("setpriv");
        Requires.That(Environment.IsPrivilegedProcess, "needs root");
        Make(Closed);
        _scenario.Command = ["setpriv", "--reuid=65534", "--clear-groups", "sh", "-c", command];
        _scenario.RunTwice();
        Assert.Equal("closed\n", File.ReadAllText(_scenario.Directory.Path("out")));

        File.SetUnixFileMode(_scenario.Directory.Path("d"), Open);
        _scenario.RunsBecause("input mode changed: d: 0700 → 0755");
        Assert.NotEqual("closed\n", File.ReadAllText(_scenario.Directory.Path("out")));
    }

    [SkippableFact]
    public void DirectoryLookedAt_ModeChangedWhileItRuns_DoesNotCount()
    {
        Make(Open);
        _scenario.Command = ["sh", "-c", "exec 3<> \"$1\" 4<> \"$2\"; ls -ld d > out; echo >&3; read line <&4", "sh",
            Fifo("seen"), Fifo("go")];
        _scenario.Options = ["--ignore", "../results/**"];
        Task<string> run = Task.Run(() => _scenario.Run());
        using (StreamReader seen = File.OpenText(Path.Combine(_scenario.Directory.Results, "seen")))
        {
            Assert.Equal("", seen.ReadLine());
        }

        File.SetUnixFileMode(_scenario.Directory.Path("d"), Closed);
        File.WriteAllText(Path.Combine(_scenario.Directory.Results, "go"), "\n");
        run.GetAwaiter().GetResult();

        Assert.Equal("input changed while the command ran: d", _scenario.Refusal());
    }

    public void Dispose() => _scenario.Dispose();

    private void Make(UnixFileMode mode)
    {
        Directory.CreateDirectory(_scenario.Directory.Path("d"));
        _scenario.Directory.Write("d/in", "text\n");
        File.SetUnixFileMode(_scenario.Directory.Path("d"), mode);
    }

    private string Fifo(string name)
    {
        string path = Path.Combine(_scenario.Directory.Results, name);
        Assert.Equal(0, CommandRunner.Run("/", ["mkfifo", path]).ExitCode);
        return path;
    }
}
