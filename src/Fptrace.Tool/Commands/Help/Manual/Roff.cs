using System.Globalization;
using System.Text;

namespace Fptrace.Commands.Help.Manual;

/// <summary>A page in the language of man(7), as it is written.</summary>
internal sealed class Roff
{
    private readonly StringBuilder _text = new();
    private bool _isAfterHeading;

    /// <param name="name">The name of the page.</param>
    /// <param name="section">Its section of the manual.</param>
    public Roff(string name, int section)
    {
        Line(string.Create(CultureInfo.InvariantCulture,
            $".TH {name.ToUpperInvariant()} {section} \"{Date()}\" \"{Plain(ToolVersion.Line)}\" \"Fptrace\""));
    }

    /// <summary>Text as it stands, within a line.</summary>
    public static string Plain(string text)
    {
        var plain = new StringBuilder();
        foreach (Rune rune in text.EnumerateRunes())
        {
            // A bare hyphen or quote would be set as another character, which no shell takes.
            _ = rune.Value switch
            {
                '\\' => plain.Append("\\e"),
                '-' => plain.Append("\\-"),
                '\'' => plain.Append("\\(aq"),
                '`' => plain.Append("\\(ga"),
                '^' => plain.Append("\\(ha"),
                '~' => plain.Append("\\(ti"),
                '"' => plain.Append("\\(dq"),
                < 0x80 => plain.Append((char)rune.Value),
                _ => plain.Append(CultureInfo.InvariantCulture, $"\\[u{rune.Value:X4}]"),
            };
        }

        return plain.ToString();
    }

    public static string Bold(string text) => $"\\fB{Plain(text)}\\fR";

    public static string Italic(string text) => $"\\fI{Plain(text)}\\fR";

    public Roff Section(string title) => Heading($".SH {Plain(title.ToUpperInvariant())}");

    public Roff Subsection(string title) => Heading($".SS {Plain(title)}");

    /// <param name="written">Lines in the page's language.</param>
    public Roff Paragraph(string written) => Break().Text(written);

    /// <summary>A paragraph with a head.</summary>
    public Roff Item(string head, string written) => Line(".TP").Text(head).Text(written);

    public Roff Bullet(string written) => Line(".IP \\(bu 2").Text(written);

    /// <summary>Lines that stay as they are.</summary>
    public Roff Verbatim(IEnumerable<string> lines)
    {
        Break().Line(".in +4n").Line(".nf");
        foreach (string line in lines)
        {
            Text(line.Length == 0 ? "\\&" : Plain(line));
        }

        return Line(".fi").Line(".in");
    }

    /// <summary>Plain lines, each below the other.</summary>
    public Roff Lines(IEnumerable<string> lines) => Line(string.Join("\n.br\n", lines.Select(Plain)));

    /// <summary>Lines of text. A point at the beginning of one would make it a request.</summary>
    public Roff Text(string written)
    {
        foreach (string line in written.Split('\n'))
        {
            Line(line.StartsWith('.') ? "\\&" + line : line);
        }

        return this;
    }

    public Roff Line(string line)
    {
        _isAfterHeading = false;
        _text.Append(line).Append('\n');
        return this;
    }

    public override string ToString() => _text.ToString();

    private Roff Heading(string line)
    {
        Line(line);
        _isAfterHeading = true;
        return this;
    }

    // A heading begins a paragraph by itself.
    private Roff Break() => _isAfterHeading ? this : Line(".PP");

    // As reproducible-builds.org has it. Without it the page has no date.
    private static string Date() => long.TryParse(Environment.GetEnvironmentVariable("SOURCE_DATE_EPOCH"),
        NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) && seconds <= uint.MaxValue
        ? DateTime.UnixEpoch.AddSeconds(seconds).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
        : "";
}
