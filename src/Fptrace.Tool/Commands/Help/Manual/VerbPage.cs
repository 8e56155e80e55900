using Fptrace.Commands.CommandLine;

namespace Fptrace.Commands.Help.Manual;

/// <summary>The manual page of a verb, from what <c>--help</c> prints.</summary>
/// <remarks>
/// It knows the form of the help: blocks are parted by empty lines. A block is the usage, a paragraph, a list of what
/// is indented, or a title with such a list below.
/// </remarks>
internal static class VerbPage
{
    private const string Usage = "Usage: ";

    public static string Write(Verb verb)
    {
        string name = NameOf(verb);
        string[][] about = Blocks(verb.Page.About);
        var page = new Roff(name, section: 1);
        page.Section("Name").Text($"{Roff.Plain(name)} \\- {Roff.Plain(verb.Summary)}");
        page.Section("Synopsis").Lines(about.Single(IsUsage).Select(line => Columns(line[Usage.Length..]).Left));

        page.Section("Description");
        WriteBlocks(page, about.Where(block => !IsUsage(block)));
        page.Section("Options");
        foreach (OptionSection section in verb.Options().Sections)
        {
            if (section.Title.Length > 0)
            {
                page.Subsection(section.Title);
            }

            foreach (Option option in section.Options)
            {
                page.Item(Head(option), Roff.Plain(option.Description));
            }
        }

        if (verb == Verbs.Trace)
        {
            page.Section("Verbs");
            foreach (Verb other in Verbs.All)
            {
                page.Item(Reference(NameOf(other), 1), Roff.Plain(other.Summary));
            }
        }

        string[][] notes = Blocks(verb.Page.Notes);
        if (notes.Length > 0 && !IsTitled(notes[0]))
        {
            page.Section("Notes");
        }

        WriteBlocks(page, notes);
        return page.Section("See also").Text(SeeAlso(verb)).ToString();
    }

    private static string NameOf(Verb verb) => verb.Name.Length == 0 ? "fptrace" : "fptrace-" + verb.Name;

    private static string Reference(string name, int section) => $"{Roff.Bold(name)}({section})";

    private static string SeeAlso(Verb verb) => string.Join(",\n",
    [
        .. verb == Verbs.Trace ? [] : (string[])[Reference("fptrace", 1)],
        Reference(FormatsPage.Name, FormatsPage.Section), Reference("strace", 1), Reference("ptrace", 2),
        Reference("seccomp", 2),
    ]);

    private static string Head(Option option)
    {
        string names = string.Join(", ", option.Aliases.Append(option.Name).Select(Roff.Bold));
        return option.HelpName is not { } value ? names
            : option.Value == OptionValue.Optional ? $"{names}[={Roff.Italic(value)}]"
            : $"{names} {Roff.Italic(value)}";
    }

    private static void WriteBlocks(Roff page, IEnumerable<string[]> blocks)
    {
        foreach (string[] block in blocks)
        {
            if (!IsTitled(block))
            {
                WriteBlock(page, block);
                continue;
            }

            page.Section(block[0] == "Exit codes" ? "Exit status" : block[0]);
            if (block[0] == "Examples")
            {
                page.Verbatim(block[1..].Select(line => line.Trim()));
            }
            else
            {
                WriteBlock(page, block[1..]);
            }
        }
    }

    private static void WriteBlock(Roff page, string[] block)
    {
        if (!IsIndented(block[0]))
        {
            page.Paragraph(Roff.Plain(string.Join('\n', block)));
            return;
        }

        foreach (string line in block)
        {
            (string left, string right) = Columns(line.Trim());
            _ = right.Length > 0 ? page.Item(Roff.Bold(left), Roff.Plain(right)) : page.Paragraph(Roff.Plain(left));
        }
    }

    private static string[][] Blocks(string text) =>
        [.. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(block => block.Split('\n'))];

    private static bool IsUsage(string[] block) => block[0].StartsWith(Usage, StringComparison.Ordinal);

    private static bool IsTitled(string[] block) =>
        block.Length > 1 && !IsIndented(block[0]) && block[1..].All(IsIndented) && !IsUsage(block);

    private static bool IsIndented(string line) => line.StartsWith("  ", StringComparison.Ordinal);

    /// <summary>A line of two columns, parted by two blanks or more.</summary>
    private static (string Left, string Right) Columns(string line)
    {
        int end = line.IndexOf("  ", StringComparison.Ordinal);
        return end < 0 ? (line, "") : (line[..end], line[end..].TrimStart());
    }
}
