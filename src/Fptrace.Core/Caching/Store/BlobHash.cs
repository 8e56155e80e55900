using System.IO.Hashing;
using System.Security.Cryptography;
using Fptrace.Caching.Keys;
using Fptrace.Model;

namespace Fptrace.Caching.Store;

/// <summary>Hashes a content while it passes by: the checksum, and unless it is to be left out the digest.</summary>
/// <remarks>
/// SHA-256 names a content and XXH128 finds damage, ten times as fast: memory and not the hash then limits a
/// restoration. Whoever could forge the one on purpose can write to the store, and could replace the entry that holds
/// it.
/// </remarks>
internal sealed class BlobHash(bool withDigest) : IDisposable
{
    private readonly IncrementalHash? _digest = withDigest
        ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256)
        : null;
    private readonly XxHash128 _checksum = new();

    /// <summary>Bytes so far.</summary>
    public long Length { get; private set; }

    public UInt128 Checksum => _checksum.GetCurrentHashAsUInt128();

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _digest?.AppendData(bytes);
        _checksum.Append(bytes);
        Length += bytes.Length;
    }

    /// <summary>Of all so far; it starts afresh.</summary>
    public ContentDigest TakeDigest() =>
        Sha256.Of(_digest ?? throw new InvalidOperationException("no digest was asked for"));

    public void Dispose() => _digest?.Dispose();
}
