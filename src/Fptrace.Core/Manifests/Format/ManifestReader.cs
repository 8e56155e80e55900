using System.Text.Json;
using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Manifests.Format;

/// <summary>Parses manifests.</summary>
/// <remarks>
/// Anybody may have written the text, so the reader checks every type, length and path, and rejects a text with any
/// error.
/// </remarks>
public static class ManifestReader
{
    /// <summary>The largest manifest, in bytes.</summary>
    public const int LargestFile = 1 << 30;

    internal const int Depth = 8;
    private static readonly byte[] s_schema = System.Text.Encoding.UTF8.GetBytes(Schema.Name + "\"");

    private static ReadOnlySpan<byte> StepStart => ",\n  \"step\": "u8;

    private static ReadOnlySpan<byte> StepEnd => ",\n  \"exitCode\": "u8;

    private static ReadOnlySpan<byte> Beginning => "{\n  \"schema\": \""u8;

    /// <summary>Parses a text. If it is malformed, the result has a reason; this throws nothing.</summary>
    public static ManifestLoad Read(ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith(Beginning))
        {
            return new ManifestLoad(null, "the manifest is damaged: it is not a manifest of fptrace");
        }

        if (!IsOfThisVersion(text))
        {
            return new ManifestLoad(null, $"the manifest is not of version {Schema.Name}");
        }

        if (!HasRightChecksum(text))
        {
            return new ManifestLoad(null, "the manifest is damaged: its checksum does not match");
        }

        try
        {
            var json = new ManifestJson(text, new JsonReaderOptions { MaxDepth = Depth });
            return new ManifestLoad(Read(ref json), null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return new ManifestLoad(null,
                "the manifest is damaged: " + (Reason(e) ?? "it is not the JSON that it should be"));
        }
    }

    /// <summary>Parses the step from the beginning of a manifest.</summary>
    /// <returns>Null if the step is incomplete, damaged, or of another version.</returns>
    internal static StepIdentity? TryReadStep(ReadOnlySpan<byte> beginning)
    {
        // The start and end marks begin with a line feed, which a string in the step cannot contain: JSON escapes it.
        int start = beginning.IndexOf(StepStart);
        int length = start < 0 ? -1 : beginning[(start + StepStart.Length)..].IndexOf(StepEnd);
        if (length < 0 || !IsOfThisVersion(beginning))
        {
            return null;
        }

        try
        {
            var json = new ManifestJson(beginning.Slice(start + StepStart.Length, length),
                new JsonReaderOptions { MaxDepth = Depth });
            StepIdentity step = StepReader.Read(ref json);
            json.End();
            return step;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Whether a text is a manifest of another version, which may be in use beside this one.</summary>
    /// <param name="text">The beginning of the file: <see cref="HeadLength"/> bytes, if it has that many.</param>
    internal static bool IsOfAnotherVersion(ReadOnlySpan<byte> text) => !IsOfThisVersion(text) && IsOfAnyVersion(text);

    /// <summary>Whether a text is a manifest of any version.</summary>
    internal static bool IsOfAnyVersion(ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith(Beginning)
            || !text[Beginning.Length..].StartsWith(System.Text.Encoding.UTF8.GetBytes(Schema.Family)))
        {
            return false;
        }

        ReadOnlySpan<byte> number = text[(Beginning.Length + Schema.Family.Length)..];
        int end = number.IndexOf((byte)'"');
        return end > 0 && !number[..end].ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }

    /// <summary>How many bytes <see cref="IsOfAnotherVersion"/> needs.</summary>
    internal const int HeadLength = 64;

    private static bool IsOfThisVersion(ReadOnlySpan<byte> text) =>
        text.StartsWith(Beginning) && text[Beginning.Length..].StartsWith(s_schema);

    // JsonException's messages describe the parser's state, which says nothing to a user.
    private static string? Reason(Exception e) => e is ManifestFormatException ? e.Message : null;

    /// <summary>The digits of the checksum in a text; empty if it has none.</summary>
    internal static ReadOnlySpan<byte> Checksum(ReadOnlySpan<byte> text)
    {
        // Not EndsWith: the runtime has no precompiled code for it in MSBuild.
        ReadOnlySpan<byte> end = ManifestWriter.ChecksumEnd;
        int tail = ManifestWriter.ChecksumStart.Length + TextDigest.Length + end.Length;
        return text.Length >= tail && text[^end.Length..].SequenceEqual(end)
            && text[^tail..].StartsWith(ManifestWriter.ChecksumStart)
            ? text[^tail..][ManifestWriter.ChecksumStart.Length..][..TextDigest.Length]
            : [];
    }

    internal static bool HasRightChecksum(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> checksum = Checksum(text);
        if (checksum.IsEmpty)
        {
            return false;
        }

        Span<byte> digits = stackalloc byte[TextDigest.Length];
        TextDigest.Write(
            text[..^(ManifestWriter.ChecksumStart.Length + TextDigest.Length + ManifestWriter.ChecksumEnd.Length)],
            digits);
        return checksum.SequenceEqual(digits);
    }

    private static Manifest Read(ref ManifestJson json)
    {
        json.Begin(JsonTokenType.StartObject);
        StepIdentity? step = null;
        int? exitCode = null;
        long milliseconds = 0;
        long? inputEnd = null;
        IReadOnlyList<string>? refusals = null;
        IReadOnlyList<EnvironmentDigest>? environment = null;
        string environmentKey = "";
        ContentDigest environmentSum = default;
        IReadOnlyList<Observation>? observations = null;
        IReadOnlyList<StepOutput>? outputs = null;
        IReadOnlyList<ByteString>? deletions = null;
        IReadOnlyList<ByteString>? temporaries = null;
        IReadOnlyList<StepOutput>? left = null;
        IReadOnlyList<OutputChunk>? printed = null;
        while (json.NextProperty())
        {
            if (json.Is("schema"u8) || json.Is("checksum"u8))
            {
                json.Text();
            }
            else if (json.Is("step"u8))
            {
                step = StepReader.Read(ref json);
            }
            else if (json.Is("exitCode"u8))
            {
                exitCode = (int)json.Number(255);
            }
            else if (json.Is("milliseconds"u8))
            {
                milliseconds = json.Number(long.MaxValue);
            }
            else if (json.Is("inputEnd"u8))
            {
                inputEnd = json.Number(long.MaxValue);
            }
            else if (json.Is("refusals"u8))
            {
                refusals = json.Texts();
            }
            else if (json.Is("environmentKey"u8))
            {
                environmentKey = json.Text();
            }
            else if (json.Is("environmentSum"u8))
            {
                environmentSum = json.Digest();
            }
            else if (json.Is("environment"u8))
            {
                environment = RunReader.ReadEnvironment(ref json);
            }
            else if (json.Is("observations"u8))
            {
                observations = observations is null ? ObservationReader.ReadAll(ref json) : throw Twice("observations");
            }
            else if (json.Is("outputs"u8))
            {
                outputs = outputs is null ? ObservationReader.ReadOutputs(ref json) : throw Twice("outputs");
            }
            else if (json.Is("deletions"u8))
            {
                deletions = json.Names(path => StoredPath.IsValid(path), "a path");
            }
            else if (json.Is("temporaries"u8))
            {
                temporaries = json.Names(path => StoredPath.IsValid(path), "a path");
            }
            else if (json.Is("left"u8))
            {
                left = ObservationReader.ReadOutputs(ref json);
            }
            else if (json.Is("printed"u8))
            {
                printed = RunReader.ReadPrinted(ref json);
            }
            else
            {
                throw json.Unknown();
            }
        }

        json.End();
        return new Manifest
        {
            Step = step ?? throw Missing("step"),
            ExitCode = exitCode ?? throw Missing("exitCode"),
            Milliseconds = milliseconds,
            InputEnd = inputEnd,
            Refusals = refusals ?? throw Missing("refusals"),
            Environment = new EnvironmentDigests
            {
                Key = environmentKey,
                Sum = environmentSum,
                Variables = environment ?? throw Missing("environment"),
            },
            Observations = observations ?? throw Missing("observations"),
            Outputs = outputs ?? throw Missing("outputs"),
            Deletions = deletions ?? throw Missing("deletions"),
            Temporaries = temporaries ?? throw Missing("temporaries"),
            Left = left ?? [],
            Printed = printed ?? throw Missing("printed"),
        };
    }

    private static ManifestFormatException Twice(string property) => new($"it has \"{property}\" twice");

    internal static ManifestFormatException Missing(string property) => new($"it lacks \"{property}\"");
}
