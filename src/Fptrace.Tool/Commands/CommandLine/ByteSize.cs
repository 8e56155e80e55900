using System.Globalization;

namespace Fptrace.Commands.CommandLine;

/// <summary>Parses and words sizes as people write them, in powers of 1024.</summary>
internal static class ByteSize
{
    private const string Units = "KMGT";

    /// <summary>Parses a size such as 500M or 10G, or a number of bytes.</summary>
    /// <param name="text">What the user wrote.</param>
    /// <param name="what">The option or variable for which the user wrote it.</param>
    /// <exception cref="FptraceException">The text is no size.</exception>
    public static long Parse(string text, string what)
    {
        string number = text.TrimEnd('B', 'b').TrimEnd('i');
        int unit = number.Length > 0
            ? Units.IndexOf(char.ToUpperInvariant(number[^1]), StringComparison.Ordinal) + 1
            : 0;
        return decimal.TryParse(unit > 0 ? number[..^1] : number, NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture, out decimal value)
            && value * (1L << (10 * unit)) is >= 0 and <= long.MaxValue
            ? (long)(value * (1L << (10 * unit)))
            : throw Usage.Error($"{what} needs a size such as 500M or 10G, not '{text}'");
    }

    public static string Describe(long bytes)
    {
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < Units.Length)
        {
            value /= 1024;
            unit++;
        }

        return unit == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes} B")
            : string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {Units[unit - 1]}iB");
    }
}
