using System.Globalization;

namespace Fptrace.Commands.CommandLine;

/// <summary>Parses and words ages as people write them: 12h, 30d, 8w.</summary>
internal static class Age
{
    // Without the unit. Even 9999 weeks fit into TimeSpan, and lead to a time that a file can have.
    private const int MostDigits = 4;

    /// <param name="text">What the user wrote.</param>
    /// <param name="what">The option or property for which the user wrote it.</param>
    /// <exception cref="FptraceException">The text is no age.</exception>
    public static TimeSpan Parse(string text, string what)
    {
        int hours = text.Length is > 1 and <= MostDigits + 1
            ? text[^1] switch { 'h' => 1, 'd' => 24, 'w' => 7 * 24, _ => 0 }
            : 0;
        return hours > 0
            && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture,
                out int number)
            ? TimeSpan.FromHours(number * hours)
            : throw Usage.Error($"{what} needs an age such as 12h, 30d or 8w, not '{text}'");
    }

    /// <summary>Parses an age, or <c>never</c>, which gives null.</summary>
    /// <exception cref="FptraceException">The text is neither.</exception>
    public static TimeSpan? ParseOrNever(string text, string what) => text == "never" ? null : Parse(text, what);

    /// <summary>Words an age in the largest unit of which it has at least two: 90 s, 5 min, 30 h, 12 d.</summary>
    public static string Describe(TimeSpan age) => age.TotalMinutes < 2 ? $"{(int)age.TotalSeconds} s"
        : age.TotalHours < 2 ? $"{(int)age.TotalMinutes} min"
        : age.TotalDays < 2 ? $"{(int)age.TotalHours} h"
        : $"{(int)age.TotalDays} d";
}
