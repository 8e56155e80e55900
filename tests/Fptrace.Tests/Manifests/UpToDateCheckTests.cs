using Fptrace.Manifests.Checking;
using Fptrace.Manifests.Recording;
using Fptrace.Steps;
using Fptrace.Tests.Output;

namespace Fptrace.Manifests;

/// <summary>The check as a library: in-process, with options.</summary>
public sealed class UpToDateCheckTests
{
    [Fact]
    public void ManyFilesOnSeveralThreads_AllDifferencesInOrder()
    {
        using var directory = new TemporaryDirectory();
        Manifest manifest = Tree(directory.Path, 3_000);
        Assert.Equal([], UpToDateCheck.Check(manifest, options: new CheckPlan { Threads = 4 }).Differences);
        int[] changed = [17, 1_500, 2_999];
        foreach (int i in changed)
        {
            File.WriteAllText(Name(directory.Path, i), "other");
        }

        string[] expected = [.. changed.Select(i => $"input changed: {Stored(i)}")];
        CheckResult all = UpToDateCheck.Check(manifest, options: new CheckPlan { All = true, Threads = 4 });
        Assert.Equal(expected, all.Differences.Select(difference => difference.Text));
        Assert.Equal(expected[0], UpToDateCheck.Check(manifest, options: new CheckPlan { Threads = 4 }).Reason);
    }

    [Fact]
    public void TouchedFiles_RefreshTheManifest()
    {
        using var directory = new TemporaryDirectory();
        Manifest manifest = Tree(directory.Path, 10);
        DateTime past = DateTime.UtcNow.AddHours(-1);
        File.SetLastWriteTimeUtc(Name(directory.Path, 3), past);
        CheckResult result = UpToDateCheck.Check(manifest);
        Assert.True(result.IsUpToDate);

        // Until its change lies some milliseconds back its stamp proves nothing; afterwards it is the new one.
        for (int attempt = 0; attempt < 100 && result.Refreshed!.Observations[3].State.Stamp.IsEmpty; attempt++)
        {
            Thread.Sleep(20);
            result = UpToDateCheck.Check(manifest);
        }

        Assert.Equal((past - DateTime.UnixEpoch).Ticks * 100, result.Refreshed!.Observations[3].State.Stamp.ModifiedNs);
        Assert.Null(UpToDateCheck.Check(result.Refreshed).Refreshed);
    }

    [Fact]
    public void TimestampsOnly_TouchedFileIsADifference()
    {
        using var directory = new TemporaryDirectory();
        Manifest manifest = Tree(directory.Path, 3);
        var options = new CheckPlan { TimestampsOnly = true };
        Assert.True(UpToDateCheck.Check(manifest, options: options).IsUpToDate);
        File.SetLastWriteTimeUtc(Name(directory.Path, 1), DateTime.UtcNow.AddHours(-1));
        Assert.Equal($"input changed: {Stored(1)}", UpToDateCheck.Check(manifest, options: options).Reason);
        Assert.True(UpToDateCheck.Check(manifest).IsUpToDate);
    }

    [Fact]
    public void FifoInPlaceOfAnInput_IsADifferenceAndNotOpened()
    {
        using var directory = new TemporaryDirectory();
        Manifest manifest = Tree(directory.Path, 2);
        File.Delete(Name(directory.Path, 0));
        Assert.Equal(0, Engine.CommandRunner.Run("/", ["mkfifo", Name(directory.Path, 0)]).ExitCode);
        Assert.Equal($"input replaced by a fifo: {Stored(0)}", UpToDateCheck.Check(manifest).Reason);
    }

    [Fact]
    public void Cancelled_Throws()
    {
        using var directory = new TemporaryDirectory();
        Manifest manifest = Tree(directory.Path, 2);
        Assert.Throws<OperationCanceledException>(() =>
            UpToDateCheck.Check(manifest, cancellationToken: new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Refused_IsNeverUpToDate()
    {
        Manifest manifest = SampleManifest.Make() with { Refusals = ["the last run failed with exit code 1"] };
        Assert.Equal("the last run failed with exit code 1", UpToDateCheck.Check(manifest).Reason);
    }

    [Fact]
    public void CurrentState_TellsHowThingsStandNow()
    {
        using var directory = new TemporaryDirectory();
        Manifest manifest = Tree(directory.Path, 600);
        File.WriteAllText(Name(directory.Path, 5), "another length");
        File.Delete(Name(directory.Path, 6));
        IReadOnlyList<Observation> now = CurrentState.Now(manifest.Observations, manifest.Step);
        Assert.Same(manifest.Observations[4], now[4]);
        Assert.False(now[5].State.Digest.IsEmpty);
        Assert.Equal(14, now[5].State.Size);
        Assert.False(now[6].State.Exists);
    }

    private static string Stored(int i) => $"d{i / 100:d3}/f{i % 100:d2}";

    private static string Name(string root, int i) => Path.Combine(root, Stored(i));

    private static Manifest Tree(string root, int count)
    {
        var step = new StepIdentity
        {
            Command = [SampleManifest.Bytes("true")],
            Directory = SampleManifest.Bytes(root),
            Root = SampleManifest.Bytes(root),
        };
        var observations = new List<Observation>(count);
        for (int i = 0; i < count; i++)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Name(root, i))!);
            File.WriteAllText(Name(root, i), $"file {i}");
        }

        // Old enough that their stamps prove something.
        Thread.Sleep(100);
        for (int i = 0; i < count; i++)
        {
            observations.Add(new Observation
            {
                Path = SampleManifest.Bytes(Stored(i)),
                Kind = ObservationKind.Content,
                State = CurrentState.StateOf(SampleManifest.Bytes(Name(root, i)), out _),
            });
        }

        return new Manifest { Step = step, ExitCode = 0, Observations = observations };
    }
}
