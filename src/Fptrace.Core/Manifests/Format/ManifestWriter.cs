using System.Buffers;
using System.Text.Unicode;
using Fptrace.Model;
using Fptrace.Posix;
using Fptrace.Steps;

namespace Fptrace.Manifests.Format;

/// <summary>Writes a manifest as JSON.</summary>
/// <remarks>
/// It is sorted and has one observation on each line. A checksum over everything before it ends the file.
/// </remarks>
public static class ManifestWriter
{
    /// <summary>The text before the checksum.</summary>
    internal static ReadOnlySpan<byte> ChecksumStart => ",\n  \"checksum\": \""u8;

    /// <summary>The text after the checksum.</summary>
    internal static ReadOnlySpan<byte> ChecksumEnd => "\"\n}\n"u8;

    /// <summary>The text of a manifest.</summary>
    public static ReadOnlyMemory<byte> Write(Manifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var buffer = new ArrayBufferWriter<byte>(4096 + (256 * manifest.Observations.Count));
        var text = new ManifestText(buffer);
        text.Raw("{\n  \"schema\": "u8).Text(Schema.Name).Raw(",\n  \"step\": "u8);
        StepWriter.Write(text, manifest.Step);
        text.Raw(",\n  \"exitCode\": "u8).Number(manifest.ExitCode);
        if (manifest.Milliseconds > 0)
        {
            text.Raw(",\n  \"milliseconds\": "u8).Number(manifest.Milliseconds);
        }

        if (manifest.InputEnd is long end)
        {
            text.Raw(",\n  \"inputEnd\": "u8).Number(end);
        }

        text.Raw(",\n  \"refusals\": "u8).Texts(manifest.Refusals);
        WriteEnvironment(text, manifest.Environment);
        WriteObservations(text, manifest.Observations);
        WriteOutputs(text, manifest);
        WritePrinted(text, manifest.Printed);
        Span<byte> checksum = stackalloc byte[TextDigest.Length];
        TextDigest.Write(buffer.WrittenSpan, checksum);
        text.Raw(ChecksumStart).Raw(checksum).Raw(ChecksumEnd);
        return buffer.WrittenMemory;
    }

    private static void WriteEnvironment(ManifestText text, EnvironmentDigests environment)
    {
        text.Raw(",\n  \"environmentKey\": "u8).Text(environment.Key);
        if (!environment.Sum.IsEmpty)
        {
            text.Raw(",\n  \"environmentSum\": "u8).Digest(environment.Sum);
        }

        text.Open(",\n  \"environment\": {"u8);
        foreach (EnvironmentDigest variable in environment.Variables)
        {
            text.Line([]).Text(variable.Name).Raw(": "u8);
            _ = variable.Digest is null ? text.Raw("null"u8) : text.Text(variable.Digest);
        }

        text.Close("}"u8);
    }

    private static void WriteObservations(ManifestText text, IReadOnlyList<Observation> observations)
    {
        text.Open(",\n  \"observations\": ["u8);
        foreach (Observation observation in observations)
        {
            WriteObservation(text.Line([]), observation);
        }

        text.Close("]"u8);
    }

    /// <summary>Writes one observation as a JSON object.</summary>
    internal static void WriteObservation(ManifestText text, Observation observation)
    {
        text.Raw("{\"path\": "u8).Name(observation.Path).Raw(", \"kind\": "u8).Text(observation.Kind.Name());
        switch (observation.Kind)
        {
            case ObservationKind.Absent:
                if (AbsenceReason.Name(observation.Error) is string error)
                {
                    text.Raw(", \"error\": "u8).Text(error);
                }

                if (observation.ErrorBefore is int before)
                {
                    text.Raw(", \"before\": "u8).Text(AbsenceReason.NameOfAny(before));
                }

                break;
            case ObservationKind.Link:
                text.Raw(", \"target\": "u8).Name(observation.Target);
                break;
            case ObservationKind.Listing:
                text.Raw(", \"mode\": "u8).Octal(observation.State.Mode).Raw(", \"names\": "u8)
                    .Names(observation.Names ?? []);
                if (observation.OwnNames.Count > 0)
                {
                    text.Raw(", \"own\": "u8).Names(observation.OwnNames);
                }

                if (observation.TakenNames.Count > 0)
                {
                    text.Raw(", \"taken\": "u8).Names(observation.TakenNames);
                }

                WriteTimes(text, observation.State.Stamp);
                break;
            default:
                WriteState(text, observation.State, observation.Target);
                WriteNames(text, observation.Names);
                if (observation.DigestBefore is { } digest)
                {
                    text.Raw(", \"sha256Before\": "u8).Text(digest.ToString());
                }

                if (observation.Kind == ObservationKind.IndexTimes && observation.OwnNames.Count > 0)
                {
                    text.Raw(", \"own\": "u8).Names(observation.OwnNames);
                }

                break;
        }

        text.Raw("}"u8);
    }

    private static void WriteOutputs(ManifestText text, Manifest manifest)
    {
        text.Open(",\n  \"outputs\": ["u8);
        WriteOutputs(text, manifest.Outputs);
        text.Open(",\n  \"deletions\": ["u8);
        foreach (ByteString path in manifest.Deletions)
        {
            text.Line([]).Name(path);
        }

        text.Close("]"u8);
        text.Open(",\n  \"temporaries\": ["u8);
        foreach (ByteString path in manifest.Temporaries)
        {
            text.Line([]).Name(path);
        }

        text.Close("]"u8);
        if (manifest.Left.Count > 0)
        {
            text.Open(",\n  \"left\": ["u8);
            WriteOutputs(text, manifest.Left);
        }
    }

    private static void WriteOutputs(ManifestText text, IReadOnlyList<StepOutput> outputs)
    {
        foreach (StepOutput output in outputs)
        {
            WriteOutput(text.Line([]), output);
        }

        text.Close("]"u8);
    }

    /// <summary>Writes one output as a JSON object.</summary>
    internal static void WriteOutput(ManifestText text, StepOutput output)
    {
        text.Raw("{\"path\": "u8).Name(output.Path);
        WriteState(text, output.State, output.Target);
        WriteNames(text, output.Names);
        if (output.PriorState != PriorState.Unseen)
        {
            text.Raw(", \"prior\": "u8).Text(output.PriorState.Name());
        }

        if (output.Opening != OutputOpening.None)
        {
            text.Raw(", \"opened\": "u8).Text(output.Opening.Name());
        }

        if (output.IsOver)
        {
            text.Raw(", \"over\": true"u8);
        }

        if (output.Attributes.Length > 0)
        {
            text.Raw(", \"attributes\": "u8).Text(output.Attributes);
        }

        text.Raw("}"u8);
    }

    private static void WriteState(ManifestText text, in FileState state, ByteString target)
    {
        if (state.Type != FileType.Regular)
        {
            text.Raw(", \"type\": "u8).Text(FileTypes.Name(state.Type));
        }

        if (state.Type == FileType.Symlink)
        {
            text.Raw(", \"target\": "u8).Name(target);
            return;
        }

        text.Raw(", \"mode\": "u8).Octal(state.Mode);
        if (state.Type == FileType.Regular)
        {
            text.Raw(", \"size\": "u8).Number(state.Size).Raw(", \"sha256\": "u8).Digest(state.Digest);
            WriteTimes(text, state.Stamp);
        }
        else if (state.Type == FileType.Socket)
        {
            text.Raw(", \"ctime\": "u8).Number(state.Size);
        }
    }

    private static void WriteNames(ManifestText text, IReadOnlyList<ByteString>? names)
    {
        if (names is not null)
        {
            text.Raw(", \"names\": "u8).Names(names);
        }
    }

    private static void WriteTimes(ManifestText text, in FileTimes times)
    {
        if (!times.IsEmpty)
        {
            text.Raw(", \"mtime\": "u8).Number(times.ModifiedNs)
                .Raw(", \"ctime\": "u8).Number(times.ChangedNs)
                .Raw(", \"inode\": "u8).Number((long)times.Inode);
        }
    }

    private static void WritePrinted(ManifestText text, IReadOnlyList<OutputChunk> printed)
    {
        text.Open(",\n  \"printed\": ["u8);
        foreach (OutputChunk chunk in printed)
        {
            ReadOnlySpan<byte> bytes = chunk.Bytes.Span;
            text.Line(chunk.IsBoth ? "{\"stream\": \"both\""u8
                : chunk.IsError ? "{\"stream\": \"stderr\""u8
                : "{\"stream\": \"stdout\""u8);

            // ByteString uses U+0000 as its escape, so text with a NUL is written as base64.
            _ = Utf8.IsValid(bytes) && !bytes.Contains((byte)0)
                ? text.Raw(", \"text\": "u8).Name(new ByteString(bytes))
                : text.Raw(", \"base64\": "u8).Text(Convert.ToBase64String(bytes));
            text.Raw("}"u8);
        }

        text.Close("]"u8);
    }
}
