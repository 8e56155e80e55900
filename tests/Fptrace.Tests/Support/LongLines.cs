using System.Text.RegularExpressions;

namespace Fptrace.Support;

/// <summary>The lines of a file that are too long, without those that nobody can make shorter.</summary>
internal static partial class LongLines
{
    public const int MostColumns = 120;

    /// <summary>The numbers of the lines of a file of this name, from 1. A column is a UTF-16 unit.</summary>
    public static IEnumerable<int> Of(string name, IEnumerable<string> lines)
    {
        Func<string, bool> counts = Path.GetExtension(name) switch
        {
            ".cs" => OutsideOfRawStrings(),
            ".md" => OutsideOfTablesAndCode(),
            ".props" or ".targets" or ".csproj" => InComments(),
            _ => _ => true,
        };

        // Asked for every line, short or long: it may begin what the next ones are in.
        return lines
            .Select((line, i) => (Number: i + 1, Counts: counts(line) && line.Length > MostColumns && !IsOneWord(line)))
            .Where(line => line.Counts)
            .Select(line => line.Number);
    }

    /// <summary>A line break would change what a raw string says.</summary>
    /// <remarks>
    /// Where such a string has lines, the quotes before it end a line and the quotes after it begin one: C# demands it.
    /// </remarks>
    private static Func<string, bool> OutsideOfRawStrings()
    {
        int quotes = 0;
        return line =>
        {
            if (quotes > 0)
            {
                quotes = QuotesAtStart().Match(line).Groups[1].Length >= quotes ? 0 : quotes;
                return quotes == 0;
            }

            // A raw string that begins and ends in a line has no place for a break either.
            int marks = Quotes().Count(line);
            quotes = marks % 2 == 1 ? QuotesAtEnd().Match(line).Groups[1].Length : 0;
            return marks < 2;
        };
    }

    /// <summary>A row of a table is one line, and a reader copies code as it stands.</summary>
    private static Func<string, bool> OutsideOfTablesAndCode()
    {
        bool isCode = false;
        return line =>
        {
            bool isFence = line.TrimStart().StartsWith("```", StringComparison.Ordinal);
            isCode ^= isFence;
            return !isCode && !isFence && !line.TrimStart().StartsWith('|');
        };
    }

    /// <summary>A line break would change the value of an element or an attribute.</summary>
    private static Func<string, bool> InComments()
    {
        bool isComment = false;
        return line =>
        {
            bool counts = isComment || line.TrimStart().StartsWith("<!--", StringComparison.Ordinal);
            int start = line.LastIndexOf("<!--", StringComparison.Ordinal);
            int end = line.LastIndexOf("-->", StringComparison.Ordinal);
            isComment = start > end || (isComment && end < 0);
            return counts;
        };
    }

    private static bool IsOneWord(string line) => OneWord().IsMatch(line);

    /// <summary>
    /// A word, or a link of Markdown, behind what makes the line a comment, a quotation or an item of a list.
    /// </summary>
    [GeneratedRegex(
        @"^\s*(?:(?://+|#+|\*|-|>|\d+\.|\[[^\]]*\]:)\s+)*"
        + @"(?:\S+|[^\s\[]*\[[^\]]*\]\([^)]*\)\S*)$")]
    private static partial Regex OneWord();

    [GeneratedRegex("\"{3,}")]
    private static partial Regex Quotes();

    [GeneratedRegex("^\\s*(\"{3,})")]
    private static partial Regex QuotesAtStart();

    [GeneratedRegex("(?<!\")(\"{3,})$")]
    private static partial Regex QuotesAtEnd();
}
