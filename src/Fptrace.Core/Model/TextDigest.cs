using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace Fptrace.Model;

/// <summary>Short digests that tell texts apart and detect damage. They do not withstand an attacker.</summary>
/// <remarks>
/// XXH64, and not XXH128: that one uses vectors. The runtime has no precompiled code for them in MSBuild, so each build
/// would compile them anew and run them unoptimized.
/// </remarks>
public static class TextDigest
{
    /// <summary>The length of a digest, in hexadecimal digits.</summary>
    public const int Length = 16;

    /// <returns><see cref="Length"/> lower-case hexadecimal digits.</returns>
    public static string Of(ReadOnlySpan<byte> text) =>
        XxHash64.HashToUInt64(text).ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>The digest of a text in UTF-8.</summary>
    public static string Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    /// <summary>Writes the digest as ASCII.</summary>
    /// <param name="text">What is digested.</param>
    /// <param name="digits">Receives <see cref="Length"/> bytes.</param>
    public static void Write(ReadOnlySpan<byte> text, Span<byte> digits) =>
        XxHash64.HashToUInt64(text).TryFormat(digits, out _, "x16", CultureInfo.InvariantCulture);
}
