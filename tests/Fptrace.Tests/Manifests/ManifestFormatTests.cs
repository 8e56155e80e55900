using System.Text;
using Fptrace.Manifests.Format;
using Fptrace.Steps;

namespace Fptrace.Manifests;

/// <summary>What is written can be read, and nothing else.</summary>
public sealed class ManifestFormatTests
{
    [Fact]
    public void Written_IsReadWithoutLoss()
    {
        Manifest written = SampleManifest.Make();
        ReadOnlyMemory<byte> text = ManifestWriter.Write(written);
        ManifestLoad load = ManifestReader.Read(text.Span);
        Assert.Null(load.Reason);
        Assert.Equal(Encoding.UTF8.GetString(text.Span),
            Encoding.UTF8.GetString(ManifestWriter.Write(load.Manifest!).Span));
        Assert.Equal(written.Step.Key, load.Manifest!.Step.Key);
        Assert.Equal(written.Observations[3].State, load.Manifest.Observations[3].State);
        Assert.Equal(written.Printed[1].Bytes.ToArray(), load.Manifest.Printed[1].Bytes.ToArray());
    }

    [Fact]
    public Task Text_IsForPeopleToo() =>
        VerifyXunit.Verifier.Verify(Encoding.UTF8.GetString(ManifestWriter.Write(SampleManifest.Make()).Span));

    [Fact]
    public void Json_IsValid()
    {
        using var document = System.Text.Json.JsonDocument.Parse(ManifestWriter.Write(SampleManifest.Make()));
        Assert.Equal(9, document.RootElement.GetProperty("observations").GetArrayLength());
    }

    [Theory]
    [InlineData("", "it is not a manifest of fptrace")]
    [InlineData("{}", "it is not a manifest of fptrace")]
    [InlineData("{\n  \"schema\": \"fptrace-manifest/999\",\n", "not of version fptrace-manifest/2")]
    [InlineData("{\n  \"schema\": \"fptrace-manifest/2\",\n", "its checksum does not match")]
    public void OtherText_IsNamed(string text, string reason)
    {
        ManifestLoad load = ManifestReader.Read(Encoding.UTF8.GetBytes(text));
        Assert.Null(load.Manifest);
        Assert.Contains(reason, load.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"a.c\"", "\"../a.c\"", "a path is not one that a manifest can have")]
    [InlineData("\"a.c\"", "\"a/../../c\"", "a path is not one that a manifest can have")]
    [InlineData("\"a.c\"", "\"a//c\"", "a path is not one that a manifest can have")]
    [InlineData("\"a.c\"", "\"/\\u0000\"", "it is not the JSON that it should be")]
    [InlineData("\"a.c\"", "\"\"", "a path is not one that a manifest can have")]
    [InlineData("\"a.c\"", "\"zz\"", "its observations are not sorted")]
    [InlineData("\"a.c\"", "17", "something unexpected stands at byte")]
    [InlineData("\"gone\"", "\"/etc/../etc/passwd\"", "a path is not one that a manifest can have")]
    [InlineData("\"root\": \"/project\"", "\"root\": \"project\"", "a directory's path is not absolute")]
    [InlineData("[\"a\", \"b/\", \"c/l\"]", "[\"a\", \"b/x\"]", "a name is not one that a manifest can have")]
    [InlineData("[\"a\", \"b/\", \"c/l\"]", "[\"..\"]", "a name is not one that a manifest can have")]
    [InlineData("\"kind\": \"absent\"", "\"kind\": \"present\"", "a kind of observation is unknown")]
    [InlineData("\"kind\": \"absent\"", "\"kind\": \"content\"", "is not one of its kind")]
    [InlineData("\"kind\": \"absent\"", "\"kind\": \"absent\", \"more\": 1", "unknown property \"more\"")]
    [InlineData("\"size\": 42", "\"size\": -1", "a number is -1")]
    [InlineData("\"size\": 42", "\"size\": 99999999999999999999", "something unexpected stands at byte")]
    [InlineData("\"mode\": \"0644\"", "\"mode\": \"9999\"", "a mode is not four octal digits")]
    [InlineData("0000000000000001", "000000000000000G", "a digest is not 64 hexadecimal digits")]
    [InlineData("\"exitCode\": 0", "\"exitCode\": 256", "a number is 256")]
    [InlineData("\"refusals\": []", "\"refusals\": [[[[[[[[[[]]]]]]]]]]", "something unexpected stands at byte")]
    [InlineData("\"deletions\": [", "\"deletionz\": [", "unknown property \"deletionz\"")]
    [InlineData("\"type\": \"link\", \"target\": \"out\"", "\"type\": \"link\"",
        "the state of link is not one of its type")]
    [InlineData("\"base64\": \"AP9B\"", "\"base64\": \"?\"", "it is not the JSON that it should be")]
    [InlineData("\"stream\": \"stdout\"", "\"stream\": \"stdin\"", "a stream is neither stdout nor stderr")]
    [InlineData("  \"exitCode\": 0,\n", "", "it lacks \"exitCode\"")]
    public void TamperedText_IsRefusedWithTheReason(string old, string replacement, string reason)
    {
        string text = Encoding.UTF8.GetString(ManifestWriter.Write(SampleManifest.Make()).Span);
        Assert.Contains(old, text, StringComparison.Ordinal);
        int at = text.IndexOf(old, StringComparison.Ordinal);
        ManifestLoad load =
            ManifestReader.Read(
                SampleManifest.Seal(Encoding.UTF8.GetBytes(text[..at] + replacement + text[(at + old.Length)..])));
        Assert.Null(load.Manifest);
        Assert.StartsWith("the manifest is damaged: ", load.Reason, StringComparison.Ordinal);
        Assert.Contains(reason, load.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void AnyByteChanged_IsDamaged()
    {
        byte[] text = ManifestWriter.Write(SampleManifest.Make()).ToArray();
        for (int i = 0; i < text.Length; i++)
        {
            text[i] ^= 1;
            Assert.Null(ManifestReader.Read(text).Manifest);
            text[i] ^= 1;
        }
    }

    [Fact]
    public void AnyLengthCut_IsDamaged()
    {
        byte[] text = ManifestWriter.Write(SampleManifest.Make()).ToArray();
        for (int length = 0; length < text.Length; length++)
        {
            Assert.Null(ManifestReader.Read(text.AsSpan(0, length)).Manifest);
            ManifestReader.Read(SampleManifest.Seal(text.AsSpan(0, length)));
        }
    }

    /// <summary>Whoever writes a manifest can also write its checksum: everything behind it must hold as
    /// well.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void RandomDamageUnderARightChecksum_NeitherThrowsNorLeavesTheRoot(int seed)
    {
        var random = new Random(seed);
        byte[] original = ManifestWriter.Write(SampleManifest.Make()).ToArray();
        string[] pieces = ["..", "/", "\\u0000", "\"", "[", "{", "null", "-1", "1e400", "\0", "\\ud800", "[[[[[[[[[[",
            "\"path\": \"../x\"", "\xff", ","];
        for (int round = 0; round < 5_000; round++)
        {
            var text = new List<byte>(original);
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                int at = random.Next(text.Count);
                switch (random.Next(4))
                {
                    case 0:
                        text[at] = (byte)random.Next(256);
                        break;
                    case 1:
                        text.RemoveRange(at, Math.Min(random.Next(1, 40), text.Count - at));
                        break;
                    case 2:
                        text.InsertRange(at, Encoding.Latin1.GetBytes(pieces[random.Next(pieces.Length)]));
                        break;
                    default:
                        int from = random.Next(text.Count);
                        text.InsertRange(at, text.GetRange(from, Math.Min(random.Next(1, 80), text.Count - from)));
                        break;
                }
            }

            byte[] damaged = SampleManifest.Seal([.. text]);
            ManifestLoad load = ManifestReader.Read(damaged);
            if (load.Manifest is { } manifest)
            {
                Assert.All(manifest.Observations,
                    observation => Assert.True(StoredPath.IsValid(observation.Path.Span)));
                Assert.All(manifest.Outputs, output => Assert.True(StoredPath.IsValid(output.Path.Span)));
                Assert.All(manifest.Deletions, path => Assert.True(StoredPath.IsValid(path.Span)));
            }
        }
    }

    [Fact]
    public void MissingFile_IsNoManifest()
    {
        Assert.Equal("no manifest: this command was not run before", ManifestFile.Load("/nowhere/at/all.json").Reason);
        Assert.Equal("the manifest cannot be read: it is a directory", ManifestFile.Load("/").Reason);
    }
}
