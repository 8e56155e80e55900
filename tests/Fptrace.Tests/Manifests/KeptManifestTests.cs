using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Manifests;

/// <summary>Where manifests stand, for whom, and what happens where none can stand.</summary>
public sealed class KeptManifestTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly string[] s_asNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    private readonly WorkDirectory _directory = new();

    private string Folder => _directory.Path(".fptrace");

    [SkippableTheory]
    [InlineData("000")]
    [InlineData("022")]
    [InlineData("477")]
    public void Manifest_UnderAnyUmask_IsItsUsersAloneAndReadable(string umask)
    {
        string script =
            $"umask {umask}; \"$@\" run --manifest ../results/m.json -- sh -c 'umask 022; echo secret' && \"$@\" run "
                + "--manifest ../results/m.json -- sh -c 'umask 022; echo secret'";

        CommandResult result = CommandRunner.Run(_directory.Work,
            ["sh", "-c", script, "sh", .. FptraceExecutable.Command]);

        Requires.That(result.ExitCode != ExitCodes.TracingDenied, $"needs ptrace: {result.Error}");
        Assert.Contains("fptrace: up to date, not run: ", result.Error, StringComparison.Ordinal);
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Path.Combine(_directory.Results, "m.json")));
    }

    [SkippableFact]
    public void Manifest_RefreshedByACheck_StaysItsUsersAlone()
    {
        _directory.Write("in", "text");
        File.SetLastWriteTimeUtc(_directory.Path("in"), DateTime.UtcNow.AddHours(-1));
        Run([], "cp", "in", "out");
        File.SetLastWriteTimeUtc(_directory.Path("in"), DateTime.UtcNow.AddHours(-2));
        byte[] before = File.ReadAllBytes(Manifest());

        // A time that is very young proves nothing, and is not recorded yet.
        for (int i = 0; i < 1000 && File.ReadAllBytes(Manifest()).AsSpan().SequenceEqual(before); i++)
        {
            AssertSkipped(Run([], "cp", "in", "out"));
        }

        Assert.NotEqual(before, File.ReadAllBytes(Manifest()));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Manifest()));
    }

    [SkippableTheory]
    [InlineData("echo > .fptrace")]
    [InlineData("ln -s nowhere .fptrace")]
    public void Folder_ThatIsNone_TheCommandRunsAndThatIsSaidOnce(string make)
    {
        CommandRunner.Run(_directory.Work, ["sh", "-c", make]);

        CommandResult result = Run([], "touch", "made");

        Assert.Equal(0, result.ExitCode);
        Assert.Single(result.Error.Split('\n'),
            line =>
                line.StartsWith("fptrace: it will run again: no manifest can be kept at ", StringComparison.Ordinal));
        Assert.True(File.Exists(_directory.Path("made")));
    }

    [SkippableFact]
    public void Folder_OfRoot_AUsersCommandRunsAndTheRemedyIsSaid()
    {
        RequireUsers();
        Directory.CreateDirectory(Folder);

        CommandResult result = Run(s_asNobody, "touch", "made");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains(
            $"fptrace: it will run again: no manifest can be kept, for {Folder} belongs to root; chown -R it to "
                + "yourself", result.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(_directory.Path("made")));
    }

    [SkippableFact]
    public void Folder_MadeByRootInAUsersTree_BelongsToTheUserAndRootsManifestIsNotHis()
    {
        RequireUsers();
        CommandRunner.Run("/", ["chown", "65534:65534", _directory.Work]);
        _directory.Write("in", "text");

        Run([], "cp", "in", "out");
        File.Delete(_directory.Path("out"));

        // Another user is another step.
        Assert.Contains("no manifest: this command was not run before", Run(s_asNobody, "cp", "in", "out").Error,
            StringComparison.Ordinal);
        AssertSkipped(Run(s_asNobody, "cp", "in", "out"));
        Assert.Equal(2, Directory.GetFiles(Folder, "*.json").Length);
    }

    [SkippableFact]
    public void Lock_LeftByRoot_IsNoObstacleToAUser()
    {
        RequireUsers();
        CommandRunner.Run("/", ["chown", "65534:65534", _directory.Work]);
        Run(s_asNobody, "touch", "made");
        string file = Path.Combine(Folder, $".{Path.GetFileName(Manifest())}.fptrace-lock");
        File.WriteAllText(file, "1\n");
        File.Delete(_directory.Path("made"));

        Assert.StartsWith("fptrace: run: output missing: made\n", Run(s_asNobody, "touch", "made").Error,
            StringComparison.Ordinal);
        Assert.False(File.Exists(file));
    }

    [SkippableFact]
    public void Lock_ThatIsALink_IsNotFollowed()
    {
        Run([], "touch", "made");
        string victim = Path.Combine(_directory.Results, "victim");
        File.WriteAllText(victim, "precious");
        File.CreateSymbolicLink(Path.Combine(Folder, $".{Path.GetFileName(Manifest())}.fptrace-lock"), victim);
        File.Delete(_directory.Path("made"));

        Assert.Equal(0, Run([], "touch", "made").ExitCode);
        Assert.Equal("precious", File.ReadAllText(victim));
    }

    public void Dispose() => _directory.Dispose();

    private string Manifest() => Directory.GetFiles(Folder, "*.json").Single();

    private static void AssertSkipped(CommandResult result) =>
        Assert.Contains("fptrace: up to date, not run: ", result.Error, StringComparison.Ordinal);

    private static void RequireUsers()
    {
        Requires.Program("setpriv");
        Requires.That(Environment.IsPrivilegedProcess, "needs root to become another user");
    }

    private CommandResult Run(string[] launcher, params string[] command)
    {
        // The build's own directory may be one that no other user may enter.
        CommandResult result = CommandRunner.Run(_directory.Work,
            ["env", "HOME=" + _directory.Results, .. launcher, .. FptraceExecutable.Command, "run", "--root",
            _directory.Work, "--", .. command]);
        Requires.That(result.ExitCode != ExitCodes.TracingDenied, $"needs ptrace: {result.Error}");
        Requires.That(launcher.Length == 0 || result.ExitCode != 126,
            $"another user cannot execute fptrace here: {result.Error}");
        return result;
    }
}
