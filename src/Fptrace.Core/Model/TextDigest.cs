using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace Fptrace.Model;

/// <summary>Short digests, by which texts are told apart and damage is noticed. They do not withstand a
/// forger.</summary>
/// <remarks>
/// XXH64: XXH128 takes vectors, of which no native code is at hand in a task of MSBuild, so that each build would
/// compile it anew and run it unoptimized.
/// </remarks>
public static class TextDigest
{
    /// <summary>Hexadecimal digits.</summary>
    public const int Length = 16;

    /// <returns><see cref="Length"/> lower-case hexadecimal digits.</returns>
    public static string Of(ReadOnlySpan<byte> text) =>
        XxHash64.HashToUInt64(text).ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>The same of a text in UTF-8.</summary>
    public static string Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    /// <summary>The same, as ASCII.</summary>
    /// <param name="text">What is digested.</param>
    /// <param name="digits">Takes <see cref="Length"/> of them.</param>
    public static void Write(ReadOnlySpan<byte> text, Span<byte> digits) =>
        XxHash64.HashToUInt64(text).TryFormat(digits, out _, "x16", CultureInfo.InvariantCulture);
}
