using System.Security.Cryptography;
using System.Text;
using Fptrace.Model;

namespace Fptrace.Caching.Keys;

/// <summary>Makes digests.</summary>
internal static class Sha256
{
    public static ContentDigest Of(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[ContentDigest.Length];
        SHA256.HashData(content, hash);
        return ContentDigest.FromBytes(hash);
    }

    /// <summary>The digest of all that was appended; the hash starts afresh.</summary>
    public static ContentDigest Of(IncrementalHash hash)
    {
        Span<byte> bytes = stackalloc byte[ContentDigest.Length];
        hash.GetHashAndReset(bytes);
        return ContentDigest.FromBytes(bytes);
    }

    /// <summary>Reads the name of a file of the store.</summary>
    public static bool TryParse(string name, out ContentDigest digest) =>
        ContentDigest.TryParse(Encoding.UTF8.GetBytes(name), out digest);
}
