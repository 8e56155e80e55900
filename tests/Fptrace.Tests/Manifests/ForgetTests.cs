using Fptrace.Engine;
using Fptrace.Manifests.Format;
using Fptrace.Support;

namespace Fptrace.Manifests;

/// <summary><c>fptrace forget</c>, and what is forgotten by itself.</summary>
public sealed class ForgetTests : IDisposable
{
    private readonly WorkDirectory _directory = new();

    private string Folder => _directory.Path(".fptrace");

    private string Mark => Directory.GetFiles(Folder, "fptrace-manifest-*").Single();

    [SkippableFact]
    public void Manifest_NotUsedForAMonth_IsForgottenByARunWithItsLock()
    {
        Run("touch", "old");
        string old = Manifests().Single();
        string stale = Path.Combine(Folder, $".{Path.GetFileName(old)}.fptrace-lock");
        File.WriteAllText(stale, "");
        Age(old, 31);
        Age(Mark, 2);

        Run("touch", "new");

        Assert.False(File.Exists(old) || File.Exists(stale));
        Assert.Single(Manifests());
    }

    [SkippableFact]
    public void Manifest_UsedBySkipsAlone_IsNotForgotten()
    {
        Run("touch", "old");
        string old = Manifests().Single();
        Age(old, 31);
        Age(Mark, 2);

        Assert.Contains("up to date", Run("touch", "old").Error, StringComparison.Ordinal);
        Run("touch", "new");

        Assert.Equal(2, Manifests().Length);
        Assert.True(File.GetLastWriteTimeUtc(old) > DateTime.UtcNow.AddDays(-1));
    }

    [SkippableTheory]
    [InlineData("never", 2)]
    [InlineData("8w", 2)]
    [InlineData("12h", 1)]
    public void AgeOfTheConfiguration_Counts(string age, int left)
    {
        Run("touch", "old");
        Age(Manifests().Single(), 31);
        Age(Mark, 2);
        _directory.Write("fptrace.json", $$"""{"forget-after": "{{age}}"}""");

        Run("touch", "new");

        Assert.Equal(left, Manifests().Length);
    }

    [SkippableFact]
    public void Forget_ByNameAgeOrAll_RemovesThese()
    {
        foreach (string name in (string[])["one", "two", "three"])
        {
            Run("touch", name);
        }

        string[] manifests = Manifests();
        Age(manifests[1], 9);

        Assert.Equal("1 manifest forgotten\n", Forget(manifests[0]).Output);
        Assert.Equal("1 manifest forgotten, 1 left\n", Forget("--older-than", "1w").Output);
        Assert.Equal([manifests[2]], Manifests());
        Assert.Equal("1 manifest forgotten, 0 left\n", Forget("--all").Output);
        Assert.Empty(Manifests());
        Assert.True(File.Exists(_directory.Path("one")));
    }

    [SkippableFact]
    public void Forget_FileThatIsNoManifest_RefusedAndNothingRemoved()
    {
        Run("touch", "made");

        CommandResult result = Forget(Manifests()[0], "made");

        Assert.Equal(ExitCodes.Usage, result.ExitCode);
        Assert.Contains("made is no manifest of fptrace", result.Error, StringComparison.Ordinal);
        Assert.Single(Manifests());
    }

    [SkippableFact]
    public void Forget_StepThatRuns_IsLeft()
    {
        Run("touch", "made");
        using RunLock? running = RunLock.Take(Manifests()[0], Environment.ProcessId, _ => null);
        Assert.NotNull(running);

        Assert.Equal("0 manifests forgotten, 1 left\n", Forget("--all").Output);
        Assert.Equal(1, Forget(Manifests()[0]).ExitCode);
    }

    [Theory]
    [InlineData]
    [InlineData("--all", "--older-than", "1d")]
    [InlineData("--older-than", "1")]
    [InlineData("--older-than", "d")]
    [InlineData("--older-than", "-1d")]
    [InlineData("--older-than", "99999d")]
    public void Forget_WrongWords_AreAUsageError(params string[] words) =>
        Assert.Equal(ExitCodes.Usage, Forget(words).ExitCode);

    public void Dispose() => _directory.Dispose();

    private static void Age(string file, int days) => File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-days));

    private string[] Manifests() => [.. Directory.GetFiles(Folder, "*.json").Order(StringComparer.Ordinal)];

    private CommandResult Run(params string[] command)
    {
        CommandResult result = CommandRunner.Run(_directory.Work,
            [.. FptraceExecutable.Command, "run", "--root", _directory.Work, "--", .. command]);
        Requires.That(result.ExitCode != ExitCodes.TracingDenied, $"needs ptrace: {result.Error}");
        return result;
    }

    private CommandResult Forget(params string[] words) =>
        CommandRunner.Run(_directory.Work, [.. FptraceExecutable.Command, "forget", .. words]);
}
