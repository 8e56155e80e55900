using Fptrace.Engine;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Linux.Machine;
using Fptrace.Manifests.Checking;
using Fptrace.Manifests.Format;
using Fptrace.Model;
using Fptrace.Posix;
using Fptrace.Support;

namespace Fptrace.Manifests;

/// <summary>The index beside a large manifest says what the manifest says, or nothing.</summary>
public sealed class ManifestIndexTests : IDisposable
{
    private readonly WorkDirectory _directory = new();

    private string Path => _directory.Path("step.json");

    private string Index => IndexFile.Of(Path);

    public void Dispose() => _directory.Dispose();

    /// <summary>Of each kind, and with all that is rare: escapes, links among outputs, what was there before.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Indexed_IsReadAsTheTextIs(bool hasTimes)
    {
        Manifest written = Large();
        ManifestFile.Save(Path, written);
        Assert.True(File.Exists(Index));
        if (hasTimes)
        {
            GetTimes();
            DamageText();
        }

        ManifestLoad load = ManifestFile.Load(Path);
        Assert.Equal(hasTimes, load.Renewal is null);
        var stored = Assert.IsType<StoredObservations>(load.Manifest!.Observations);
        AssertSame(written, load.Manifest);
        Assert.Equal(written.Observations.Count, stored.Count);
        for (int i = 0; i < stored.Count; i++)
        {
            Observation expected = written.Observations[i];
            StoredEntry entry = stored.Entry(i);
            Assert.Equal(expected.Path, new ByteString(stored.Path(entry)));
            Assert.Equal(expected.Kind, entry.Kind);
        }

        var made = Assert.IsType<StoredOutputs>(load.Manifest.Outputs);
        AssertSame(written, load.Manifest with
        {
            Observations = [.. Enumerable.Range(0, stored.Count).Select(stored.Make)],
            Outputs = [.. Enumerable.Range(0, made.Count).Select(made.Make)],
        });
    }

    [Fact]
    public void SmallManifest_HasNone()
    {
        ManifestFile.Save(Path, Large());
        ManifestFile.Save(Path, SampleManifest.Make());
        Assert.False(File.Exists(Index));
    }

    [Fact]
    public void RunThatDoesNotCount_HasNone()
    {
        ManifestFile.Save(Path, Large());
        ManifestFile.Save(Path, Large() with { Refusals = ["the last run did not come to its end"] });
        Assert.False(File.Exists(Index));
    }

    [Fact]
    public void ForOneUserAlone()
    {
        ManifestFile.Save(Path, Large());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Index));
        GetTimes();
        DamageText();
        File.SetUnixFileMode(Index, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Assert.StartsWith("the manifest is damaged", ManifestFile.Load(Path).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void LinkInItsPlace_IsNotFollowed()
    {
        ManifestFile.Save(Path, Large());
        GetTimes();
        DamageText();
        File.Move(Index, _directory.Path("elsewhere"));
        File.CreateSymbolicLink(Index, _directory.Path("elsewhere"));
        Assert.NotNull(ManifestFile.Load(Path).Reason);
    }

    /// <summary>Edited in place, as with an editor or dd: the times are others, and only the text decides.</summary>
    [Fact]
    public void ManifestEditedByHand_IsRead()
    {
        ManifestFile.Save(Path, Large());
        GetTimes();
        byte[] text = File.ReadAllBytes(Path);
        int digit = text.AsSpan().IndexOf("\"exitCode\": 0"u8) + "\"exitCode\": ".Length;
        text[digit] = (byte)'7';
        File.WriteAllBytes(Path, text);
        Assert.Equal("the manifest is damaged: its checksum does not match", ManifestFile.Load(Path).Reason);

        File.WriteAllBytes(Path, SampleManifest.Seal(text));
        Assert.Equal(7, ManifestFile.Load(Path).Manifest!.ExitCode);
    }

    /// <summary>Of the same length.</summary>
    [Fact]
    public void IndexOfAnotherText_IsNotUsed()
    {
        ManifestFile.Save(Path, Large() with { ExitCode = 7 });
        File.Move(Index, _directory.Path("other"));
        ManifestFile.Save(Path, Large());
        File.Move(_directory.Path("other"), Index, overwrite: true);
        ManifestLoad load = ManifestFile.Load(Path);
        Assert.Equal(0, load.Manifest!.ExitCode);
        Assert.IsNotType<StoredObservations>(load.Manifest.Observations);
        Assert.False(load.Renewal!.HasIndex);
    }

    [Fact]
    public void YoungManifest_ProvesNothing()
    {
        IndexRenewal renewal;
        int attempts = 0;
        do
        {
            ManifestFile.Save(Path, Large());
            renewal = ManifestFile.Load(Path).Renewal!;
        }
        while (!renewal.Times.IsEmpty && ++attempts < 100);

        Assert.True(renewal.HasIndex);
        Assert.True(renewal.Times.IsEmpty);
        IndexFile.Renew(ManifestFile.Load(Path) with { Renewal = renewal });
        Assert.NotNull(ManifestFile.Load(Path).Renewal);
    }

    [Fact]
    public void AnyByteChanged_TheTextIsReadInstead()
    {
        ManifestFile.Save(Path, Large(each: 1, padding: IndexFile.SmallestManifest));
        GetTimes();
        string expected = Text(ManifestFile.Load(Path).Manifest!);
        byte[] index = File.ReadAllBytes(Index);
        for (int i = 0; i < index.Length; i += i < 2 * ManifestIndex.HeaderLength ? 1 : 13)
        {
            byte[] damaged = [.. index];
            damaged[i] ^= (byte)(1 << (i % 8));
            File.WriteAllBytes(Index, damaged);
            ManifestLoad load = ManifestFile.Load(Path);
            Assert.NotNull(load.Renewal);
            Assert.Equal(expected, Text(load.Manifest!));
        }

        for (int length = 0; length < index.Length; length += 97)
        {
            File.WriteAllBytes(Index, index[..length]);
            Assert.False(ManifestFile.Load(Path).Renewal!.HasIndex);
        }
    }

    [Fact]
    public void MissingOne_IsMadeByTheNextCheckThatFindsNothingChanged()
    {
        string input = _directory.Path("input");
        File.WriteAllText(input, "x");
        Manifest manifest = Large() with
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
        ManifestFile.Save(Path, Large());
        ManifestFile.Delete(Path);
        Assert.False(File.Exists(Index));

        ManifestFile.Save(Path, Large());
        Assert.True(ManifestFile.TryForget(Path));
        Assert.Empty(Directory.GetFiles(System.IO.Path.GetDirectoryName(Path)!, ".*index"));
    }

    [Fact]
    public void WithoutItsManifest_IsRemovedByTheNextCleanUp()
    {
        string kept = _directory.Path(new string('a', 32) + ".json");
        ManifestFile.Save(kept, Large());
        ManifestFile.Save(Path, Large());
        File.Delete(Path);
        new ManifestFolder(System.IO.Path.GetDirectoryName(Path)!).Forget(TimeSpan.FromDays(1), ofOthers: false);
        Assert.False(File.Exists(Index));
        Assert.True(File.Exists(IndexFile.Of(kept)));
    }

    /// <summary>Until they are old enough: then they stand in the index, and the text is not read.</summary>
    private void GetTimes()
    {
        while (ManifestFile.Load(Path) is { Renewal: not null } load)
        {
            IndexFile.Renew(load);
        }
    }

    /// <summary>So that whoever reads the text notices; the index gets the new times.</summary>
    private void DamageText()
    {
        byte[] sum = ManifestReader.Checksum(File.ReadAllBytes(Path)).ToArray();
        using (FileStream file = File.OpenWrite(Path))
        {
            file.Position = 300;
            file.WriteByte((byte)'?');
        }

        byte[] index = File.ReadAllBytes(Index);
        FileTimes times = FileLook.At(fcntl.AT_FDCWD, PosixPath.Bytes(Path), FinalLink.Keep).Times;
        Assert.True(ManifestIndex.TrySetTimes(index.AsSpan(0, ManifestIndex.HeaderLength), sum, times));
        File.WriteAllBytes(Index, index);
        string? reason = ManifestReader.Read(File.ReadAllBytes(Path)).Reason;
        Assert.Equal("the manifest is damaged: its checksum does not match", reason);
    }

    private static Manifest Large(int each = 200, int padding = 0)
    {
        Manifest sample = SampleManifest.Make();
        IReadOnlyList<Observation> seen = sample.Observations;
        StepOutput file = sample.Outputs[^1];
        StepOutput[] outputs =
        [
            .. sample.Outputs,
            file with { PriorState = PriorState.Found, Opening = OutputOpening.Standing, IsOver = true },
            file with { Attributes = "owner=1:2" }, file with { PriorState = PriorState.Kept },
        ];
        return sample with
        {
            Observations =
            [
                .. Enumerable.Range(0, each * seen.Count).Select(i => seen[i % seen.Count] with { Path = Numbered(i) }),
            ],
            Outputs =
            [
                .. Enumerable.Range(0, each * outputs.Length)
                    .Select(i => outputs[i % outputs.Length] with { Path = Numbered(i) }),
            ],
            Printed = [.. sample.Printed, new OutputChunk(false, new byte[padding])],
        };

        static ByteString Numbered(int i) => ByteString.Parse($"{i / 100:000}/{i:00000}{(i % 7 == 0 ? "\"" : "")}");
    }

    private static void AssertSame(Manifest expected, Manifest actual) => Assert.Equal(Text(expected), Text(actual));

    private static string Text(Manifest manifest) =>
        System.Text.Encoding.UTF8.GetString(ManifestWriter.Write(manifest).Span);
}
