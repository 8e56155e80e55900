using System.Text.RegularExpressions;

namespace Fptrace.Docs;

/// <summary>Commands that a page tells its reader to type: a fenced block of <c>sh</c>.</summary>
/// <param name="Line">Where it begins, from 1.</param>
/// <param name="Text">The commands as they stand.</param>
/// <param name="Where">What the comment before it says: <c>test: in the clone</c>, <c>test: no, REASON</c>; empty for
/// the page's scratch directory.</param>
internal sealed partial record CommandBlock(int Line, string Text, string Where)
{
    public static IReadOnlyList<CommandBlock> Read(string page)
    {
        string text = File.ReadAllText(page);
        return
        [
            .. BlockPattern().Matches(text)
                .Select(match => new CommandBlock(text.AsSpan(0, match.Index).Count('\n') + 1,
                    match.Groups["text"].Value, match.Groups["where"].Value))
                .Where(block => !block.Text.StartsWith("#!", StringComparison.Ordinal)),
        ];
    }

    /// <summary>What comments after a command promise that fptrace says: the reason of <c># runs: REASON</c>, or <c>#
    /// up to date, not run</c>.</summary>
    public IReadOnlyList<string> Promises =>
        [.. PromisePattern().Matches(Text).Select(match => match.Groups[1].Value + match.Groups[2].Value)];

    [GeneratedRegex(@"^(?:<!-- test: (?<where>.*?) -->\n)?^```sh\n(?<text>.*?)^```$",
        RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex BlockPattern();

    [GeneratedRegex(@"# (?:runs: ([^\n]+)|(up to date, not run))")]
    private static partial Regex PromisePattern();
}
