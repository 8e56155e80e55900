using System.Security.Cryptography;
using System.Text;
using Fptrace.Model;

namespace Fptrace.Caching.Keys;

/// <summary>Computes SHA-256 digests.</summary>
internal static class Sha256
{
    public static ContentDigest Of(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[ContentDigest.Length];
        SHA256.HashData(content, hash);
        return ContentDigest.FromBytes(hash);
    }

    /// <summary>The digest of everything appended so far. Resets the hash.</summary>
    public static ContentDigest Of(IncrementalHash hash)
    {
        Span<byte> bytes = stackalloc byte[ContentDigest.Length];
        hash.GetHashAndReset(bytes);
        return ContentDigest.FromBytes(bytes);
    }

    /// <summary>Parses the name of a file in the store.</summary>
    public static bool TryParse(string name, out ContentDigest digest) =>
        ContentDigest.TryParse(Encoding.UTF8.GetBytes(name), out digest);
}
