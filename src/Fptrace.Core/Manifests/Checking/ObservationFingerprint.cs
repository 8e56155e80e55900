using System.Buffers.Binary;
using System.Security.Cryptography;
using Fptrace.Model;

namespace Fptrace.Manifests.Checking;

/// <summary>The part of an observation that a command can have seen, as bytes.</summary>
/// <remarks>Two fingerprints are equal exactly if the command saw the same.</remarks>
public static class ObservationFingerprint
{
    // At least the length of all fields of fixed length together.
    private const int FixedLength = 64;

    /// <summary>Appends the path, the kind and all that counts for the kind. Stamps do not count.</summary>
    public static void Append(IncrementalHash hash, Observation observation)
    {
        ArgumentNullException.ThrowIfNull(hash);
        ArgumentNullException.ThrowIfNull(observation);
        Span<byte> head = stackalloc byte[FixedLength];
        FileState state = observation.State;
        head.Clear();
        head[0] = (byte)observation.Kind;
        head[1] = (byte)state.Type;
        head[2] = (byte)(observation.ErrorBefore ?? observation.Error);
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], state.Mode);
        BinaryPrimitives.WriteInt64LittleEndian(head[8..], state.Size);
        (observation.DigestBefore ?? state.Digest).CopyTo(head[16..]);
        hash.AppendData(head);
        Append(hash, observation.Path.Span);
        Append(hash, observation.Target.Span);
        Span<byte> count = stackalloc byte[sizeof(int)];
        IReadOnlyList<ByteString>? names = observation.NamesBefore;
        BinaryPrimitives.WriteInt32LittleEndian(count, names?.Count ?? -1);
        hash.AppendData(count);
        foreach (ByteString name in names ?? [])
        {
            Append(hash, name.Span);
        }
    }

    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
