using System.Text;

namespace Fptrace.Model;

/// <summary>
/// Shows text from commands and files to people: one line, control characters escaped, long text cut.
/// </summary>
internal static class Words
{
    private const int Longest = 160;

    public static string Of(ByteString text) => Of(text.ToString());

    public static string Of(string text)
    {
        bool isLong = text.Length > Longest;
        string shown = isLong ? text[..(char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest)] : text;
        if (shown.AsSpan().IndexOfAnyInRange('\0', '\u001f') >= 0 || shown.Contains('\u007f', StringComparison.Ordinal))
        {
            var line = new StringBuilder(shown.Length + 8);
            foreach (char c in shown)
            {
                _ = c switch
                {
                    '\n' => line.Append("\\n"),
                    '\t' => line.Append("\\t"),
                    < ' ' or '\u007f' =>
                        line.Append("\\x")
                            .Append(((int)c).ToString("x2", System.Globalization.CultureInfo.InvariantCulture)),
                    _ => line.Append(c),
                };
            }

            shown = line.ToString();
        }

        return isLong ? shown + "…" : shown;
    }
}
