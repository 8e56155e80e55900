using Fptrace.Engine;
using Fptrace.Linux.FileSystem;
using Fptrace.Manifests.Checking;
using Fptrace.Posix;
using Fptrace.Steps;
using Fptrace.Support;

namespace Fptrace.Manifests;

/// <summary>What of the machine and the user counts: the rows of the table in docs/manifests.md.</summary>
public sealed class MachineScenarioTests : IDisposable
{
    private readonly RunScenario _scenario = new("sh", "-c", "cat in > out");

    public MachineScenarioTests() => _scenario.Directory.Write("in", "text\n");

    [Fact]
    public void Facts_AreSortedAndKnown()
    {
        Assert.Equal(["architecture", "capabilities", "group", "groups", "processor", "umask", "user"],
            StepMachine.Current.Select(fact => fact.Split('=')[0]));
        Assert.All(StepMachine.Current.Where(fact => !fact.StartsWith("groups", StringComparison.Ordinal)),
            fact => Assert.False(fact.EndsWith('=')));
    }

    [Theory]
    [InlineData("architecture=x86_64", "architecture=i686", "architecture: x86_64 → i686")]
    [InlineData("capabilities=1ff", "capabilities=0", "capabilities: 1ff → 0")]
    [InlineData("group=100", "group=200", "group: 100 → 200")]
    [InlineData("groups=1 2", "groups=", "groups: 1 2 → ")]
    [InlineData("processor=12ab", "processor=34cd", "the processor is another")]
    [InlineData("umask=0022", "umask=0077", "umask: 0022 → 0077")]
    [InlineData("user=0", "user=1000", "user: 0 → 1000")]
    public void Fact_Another_IsAnotherStepAndTheReason(string old, string now, string reason)
    {
        Manifest manifest = SampleManifest.Make() with { Step = SampleManifest.Make().Step with { Machine = [old] } };
        StepIdentity step = manifest.Step with { Machine = [now] };

        Assert.NotEqual(manifest.Step.Key, step.Key);
        Assert.Equal(reason, UpToDateCheck.Check(manifest, step).Reason);
    }

    /// <summary>Another user has other groups and privileges, too, and that says less.</summary>
    [Fact]
    public void Facts_SeveralOthers_UserIsTheReason()
    {
        Manifest manifest =
            SampleManifest.Make() with
            {
                Step = SampleManifest.Make().Step with { Machine = ["capabilities=0", "groups=1", "user=1000"] },
            };
        Assert.Equal("user: 1000 → 0",
            UpToDateCheck.Check(manifest,
            manifest.Step with { Machine = ["capabilities=1ff", "groups=0", "user=0"] }).Reason);
    }

    [SkippableFact]
    public void Umask_Another_Runs()
    {
        _scenario.RunTwice();
        _scenario.Launcher = ["sh", "-c", "umask 027; exec \"$@\"", "sh"];
        _scenario.RunsBecause($"umask: {Umask()} → 0027");
    }

    [SkippableFact]
    public void Architecture_Another_Runs()
    {
        Requires.Program("setarch");
        _scenario.RunTwice();
        _scenario.Launcher = ["setarch", "i686"];
        _scenario.RunsBecause("architecture: x86_64 → i686");
    }

    [SkippableFact]
    public void Capabilities_OfRoot_Fewer_Runs()
    {
        Requires.Program("setpriv");
        Requires.That(Environment.IsPrivilegedProcess, "needs root");
        _scenario.RunTwice();
        _scenario.Launcher = ["setpriv", "--bounding-set=-net_raw"];
        Assert.StartsWith("capabilities: ", _scenario.Run(), StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("ulimit -n 300; exec \"$@\"")]
    [InlineData("ulimit -c 0; exec \"$@\"")]
    [InlineData("exec taskset -c 0 \"$@\"")]
    [InlineData("exec nice \"$@\"")]
    [InlineData("exec setsid \"$@\"")]
    [InlineData("exec setarch -R \"$@\"")]
    public void LimitsProcessorsAndSession_Others_SkipUnlessAsked(string launcher)
    {
        foreach (string program in (string[])["taskset", "nice", "setsid", "setarch"])
        {
            Requires.Program(program);
        }

        _scenario.RunTwice();
        _scenario.Launcher = ["sh", "-c", launcher, "sh"];
        Assert.Equal(RunScenario.Skipped, _scenario.Run());
        _scenario.Options = ["--extra", "another machine"];
        Assert.Equal("extra:  → another machine", _scenario.Run());
    }

    [SkippableFact]
    public void TimeZoneFile_Another_Runs()
    {
        _scenario.Command = ["sh", "-c", "TZ=:$PWD/zone date > out"];
        _scenario.Directory.Write("zone", "no zone");
        _scenario.RunTwice();
        _scenario.Directory.Write("zone", "none either");
        _scenario.RunsBecause("input changed: zone");
    }

    [SkippableFact]
    public void SharedMapping_WritesThroughIt_Runs()
    {
        Requires.Program("python3");
        _scenario.RunTwice();
        DateTime before = File.GetLastWriteTimeUtc(_scenario.Directory.Path("in"));
        CommandRunner.Run(_scenario.Directory.Work,
            ["python3", "-c",
            "import mmap; f = open('in', 'r+'); m = mmap.mmap(f.fileno(), 0); m[0:1] = b'T'; m.close()"]);
        Requires.That(File.GetLastWriteTimeUtc(_scenario.Directory.Path("in")) != before,
            "needs a file system that keeps the time of writes through mappings, as tmpfs does not");

        _scenario.RunsBecause("input changed: in");
    }

    [Fact]
    public void Clock_SetBackBehindAChange_TimesProveNothing()
    {
        FileLook look = FileLook.At(Linux.Headers.fcntl.AT_FDCWD, PosixPath.Bytes(_scenario.Directory.Path("in")),
            FinalLink.Follow);

        Assert.True(look.TimesAt(look.Times.ChangedNs - 3_600_000_000_000).IsEmpty);
        Assert.False(look.TimesAt(look.Times.ChangedNs + 3_600_000_000_000).IsEmpty);
    }

    public void Dispose() => _scenario.Dispose();

    private static string Umask() =>
        StepMachine.Current.Single(fact => fact.StartsWith("umask=", StringComparison.Ordinal))["umask=".Length..];
}
