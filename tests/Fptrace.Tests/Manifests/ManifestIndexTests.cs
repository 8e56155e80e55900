using Fptrace.Engine;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Manifests.Format;
using Fptrace.Model;
using Fptrace.Posix;

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
        Manifest written = SampleManifest.Large();
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
    public void ForOneUserAlone()
    {
        ManifestFile.Save(Path, SampleManifest.Large());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Index));
        GetTimes();
        DamageText();
        File.SetUnixFileMode(Index, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Assert.StartsWith("the manifest is damaged", ManifestFile.Load(Path).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void LinkInItsPlace_IsNotFollowed()
    {
        ManifestFile.Save(Path, SampleManifest.Large());
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
        ManifestFile.Save(Path, SampleManifest.Large());
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
        ManifestFile.Save(Path, SampleManifest.Large() with { ExitCode = 7 });
        File.Move(Index, _directory.Path("other"));
        ManifestFile.Save(Path, SampleManifest.Large());
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
            ManifestFile.Save(Path, SampleManifest.Large());
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
        ManifestFile.Save(Path, SampleManifest.Large(each: 1, padding: IndexFile.SmallestManifest));
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

    private static void AssertSame(Manifest expected, Manifest actual) => Assert.Equal(Text(expected), Text(actual));

    private static string Text(Manifest manifest) =>
        System.Text.Encoding.UTF8.GetString(ManifestWriter.Write(manifest).Span);
}
