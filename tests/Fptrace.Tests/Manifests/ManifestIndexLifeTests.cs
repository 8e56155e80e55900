using Fptrace.Engine;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Manifests.Checking;
using Fptrace.Manifests.Format;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Manifests;

/// <summary>When the index beside a large manifest is made, renewed and removed.</summary>
public sealed class ManifestIndexLifeTests : IDisposable
{
    private readonly WorkDirectory _directory = new();

    private string Path => _directory.Path("step.json");

    private string Index => IndexFile.Of(Path);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void SmallManifest_HasNone()
    {
        ManifestFile.Save(Path, SampleManifest.Large());
        ManifestFile.Save(Path, SampleManifest.Make());
        Assert.False(File.Exists(Index));
    }

    [Fact]
    public void RunThatDoesNotCount_HasNone()
    {
        ManifestFile.Save(Path, SampleManifest.Large());
        ManifestFile.Save(Path, SampleManifest.Large() with { Refusals = ["the last run did not come to its end"] });
        Assert.False(File.Exists(Index));
    }

    [Fact]
    public void MissingOne_IsMadeByTheNextCheckThatFindsNothingChanged()
    {
        string input = _directory.Path("input");
        File.WriteAllText(input, "x");
        Manifest manifest = SampleManifest.Large() with
        {
            Observations =
            [
                new Observation
                {
                    Path = ByteString.Parse(input),
                    Kind = ObservationKind.Existence,
                    State = State(input),
                },
            ],
            Outputs = [],
            Deletions = [],
            Temporaries = [],
            Printed = [new OutputChunk(false, new byte[IndexFile.SmallestManifest])],
        };
        ManifestFile.Save(Path, manifest);
        File.Delete(Index);

        Assert.True(UpToDateCheck.CheckFile(Path, options: new CheckPlan { NoRefresh = true }).Result.IsUpToDate);
        Assert.False(File.Exists(Index));
        Assert.True(UpToDateCheck.CheckFile(Path).Result.IsUpToDate);
        Assert.True(ManifestFile.Load(Path).Renewal is null or { HasIndex: true });

        static FileState State(string path)
        {
            FileLook look = FileLook.At(fcntl.AT_FDCWD, PosixPath.Bytes(path), FinalLink.Keep);
            return new FileState(FileType.Regular, look.Mode, look.Size, Digest(path), look.Times);
        }

        static ContentDigest Digest(string path) =>
            ContentDigest.FromBytes(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)));
    }

    /// <summary>By the tool itself, in a directory that the command lists.</summary>
    [SkippableFact]
    public void CommandThatListsTheDirectory_SkipsByTheIndexUntilSomethingChanges()
    {
        using var scenario = new RunScenario("sh", "-c", "ls; cat in; head -c 20000 /dev/zero");
        scenario.Options = ["--manifest", "step.json"];
        scenario.Directory.Write("in", "one");
        string index = scenario.Directory.Path(".step.json.fptrace-v2-index");

        scenario.RunTwice();
        Assert.True(File.Exists(index));
        Assert.Equal(RunScenario.Skipped, scenario.Run());
        scenario.Directory.Write("in", "two");
        scenario.RunsBecause("input changed: in");
        File.WriteAllText(index, "damaged");
        Assert.Equal(RunScenario.Skipped, scenario.Run());
        Assert.NotEqual("damaged", File.ReadAllText(index));

        // So does a check, unless it may write nothing.
        File.WriteAllText(index, "damaged");
        Check("--no-refresh");
        Assert.Equal("damaged", File.ReadAllText(index));
        Check();
        Assert.NotEqual("damaged", File.ReadAllText(index));

        void Check(params string[] options)
        {
            CommandResult result = CommandRunner.Run(
                scenario.Directory.Work, [.. FptraceExecutable.Command, "check", .. options, "step.json"]);
            Assert.Matches("^up to date: [0-9]+ inputs, 0 outputs\n$", result.Output);
        }
    }

    [Fact]
    public void Forgotten_WithItsManifest()
    {
        ManifestFile.Save(Path, SampleManifest.Large());
        ManifestFile.Delete(Path);
        Assert.False(File.Exists(Index));

        ManifestFile.Save(Path, SampleManifest.Large());
        Assert.True(ManifestFile.TryForget(Path));
        Assert.Empty(Directory.GetFiles(System.IO.Path.GetDirectoryName(Path)!, ".*index"));
    }

    [Fact]
    public void WithoutItsManifest_IsRemovedByTheNextCleanUp()
    {
        string kept = _directory.Path(new string('a', 32) + ".json");
        ManifestFile.Save(kept, SampleManifest.Large());
        ManifestFile.Save(Path, SampleManifest.Large());
        File.Delete(Path);
        new ManifestFolder(System.IO.Path.GetDirectoryName(Path)!).Forget(TimeSpan.FromDays(1));
        Assert.False(File.Exists(Index));
        Assert.True(File.Exists(IndexFile.Of(kept)));
    }
}
