using System.Text;

namespace Fptrace.Commands.Help.Manual;

/// <summary>Markdown, as far as the pages of this project use it, in the language of man(7).</summary>
internal static class MarkdownPage
{
    public static void Write(Roff page, string markdown)
    {
        string[] lines = markdown.Split('\n');
        for (int i = 0; i < lines.Length;)
        {
            int end = i + 1;
            string line = lines[i];
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                end = Array.IndexOf(lines, "```", end);
                page.Verbatim(lines[(i + 1)..end++]);
            }
            else if (line.StartsWith('#'))
            {
                string title = line.TrimStart('#').Trim();
                _ = line.StartsWith("# ", StringComparison.Ordinal) ? page.Section(title) : page.Subsection(title);
            }
            else if (line.StartsWith('|'))
            {
                end = EndOf(lines, i, row => row.StartsWith('|'));
                WriteTable(page, lines[i..end]);
            }
            else if (line.StartsWith("- ", StringComparison.Ordinal))
            {
                end = EndOf(lines, i, more => more.StartsWith("  ", StringComparison.Ordinal));
                page.Bullet(Inline(string.Join('\n', lines[i..end].Select(more => more[2..]))));
            }
            else if (line.Length > 0 && !line.StartsWith("<!--", StringComparison.Ordinal))
            {
                end = EndOf(lines, i, more => more.Length > 0);
                page.Paragraph(Inline(string.Join('\n', lines[i..end])));
            }

            i = end;
        }
    }

    private static int EndOf(string[] lines, int start, Predicate<string> goesOn)
    {
        int end = start + 1;
        while (end < lines.Length && goesOn(lines[end]))
        {
            end++;
        }

        return end;
    }

    /// <summary>The first column as heads, and what stands in the others below them.</summary>
    private static void WriteTable(Roff page, string[] rows)
    {
        string[] titles = Cells(rows[0]);
        foreach (string row in rows[2..])
        {
            string[] cells = Cells(row);
            page.Item(Inline(cells[0]), Inline(cells[1]));
            for (int i = 2; i < cells.Length; i++)
            {
                page.Line(".br").Text($"{Inline(titles[i])}: {Inline(cells[i])}");
            }
        }
    }

    private static string[] Cells(string row) => [.. row.Trim('|').Split('|').Select(cell => cell.Trim())];

    /// <summary>Text with code, emphasis and links. Of a link its text remains.</summary>
    private static string Inline(string text)
    {
        var written = new StringBuilder();
        for (int i = 0; i < text.Length;)
        {
            if (text[i] == '`' && text.IndexOf('`', i + 1) is > 0 and var endOfCode)
            {
                written.Append(Roff.Bold(text[(i + 1)..endOfCode]));
                i = endOfCode + 1;
            }
            else if (text.AsSpan(i).StartsWith("**") && text.IndexOf("**", i + 2, StringComparison.Ordinal)
                is > 0 and var endOfBold)
            {
                written.Append(Roff.Bold(text[(i + 2)..endOfBold]));
                i = endOfBold + 2;
            }
            else if (text[i] == '[' && text.IndexOf("](", i, StringComparison.Ordinal) is > 0 and var endOfLink)
            {
                written.Append(Inline(text[(i + 1)..endOfLink]));
                i = text.IndexOf(')', endOfLink) + 1;
            }
            else
            {
                int next = text.AsSpan(i + 1).IndexOfAny("`*[");
                int end = next < 0 ? text.Length : i + 1 + next;
                written.Append(Roff.Plain(text[i..end]));
                i = end;
            }
        }

        return written.ToString();
    }
}
