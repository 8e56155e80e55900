using System.IO.Hashing;
using System.Security.Cryptography;
using Fptrace.Caching.Keys;
using Fptrace.Model;

namespace Fptrace.Caching.Store;

/// <summary>Computes the checksum of a content as it is copied and, on request, its digest.</summary>
/// <remarks>
/// SHA-256 names a content; XXH128 only finds damage. XXH128 is ten times as fast, so the speed of a restoration is
/// limited by memory and not by the hash. XXH128 can be forged, but that needs write access to the store, which also
/// allows replacing the entry with the checksum.
/// </remarks>
internal sealed class BlobHash : IDisposable
{
    private readonly IncrementalHash? _digest;
    private readonly XxHash128 _checksum = new();

    private BlobHash(IncrementalHash? digest) => _digest = digest;

    /// <summary>Computes the checksum alone.</summary>
    public static BlobHash Checksums() => new(null);

    /// <summary>Computes the digest as well.</summary>
    public static BlobHash Digests() => new(IncrementalHash.CreateHash(HashAlgorithmName.SHA256));

    /// <summary>The bytes hashed so far.</summary>
    public long Length { get; private set; }

    public UInt128 Checksum => _checksum.GetCurrentHashAsUInt128();

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _digest?.AppendData(bytes);
        _checksum.Append(bytes);
        Length += bytes.Length;
    }

    /// <summary>The digest of all bytes so far. Resets the digest.</summary>
    public ContentDigest TakeDigest() =>
        Sha256.Of(_digest ?? throw new InvalidOperationException("no digest was asked for"));

    public void Dispose() => _digest?.Dispose();
}
