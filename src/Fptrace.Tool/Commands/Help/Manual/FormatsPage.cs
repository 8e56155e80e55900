using System.Text;

namespace Fptrace.Commands.Help.Manual;

/// <summary>The manual page of the formats, from the pages that describe them: the tool carries these.</summary>
internal static class FormatsPage
{
    public const string Name = "fptrace-trace";
    public const int Section = 5;

    /// <summary>What fptrace help calls it.</summary>
    public const string Word = "formats";

    private static readonly string[] s_ofReadme = ["deps.json", "Launcher scripts"];

    public static string Write()
    {
        var page = new Roff(Name, Section);
        page.Section("Name").Text($"{Roff.Plain(Name)} \\- {Roff.Plain("the formats that fptrace writes")}");
        MarkdownPage.Write(page, Text());
        return page.Section("See also").Text($"{Roff.Bold("fptrace")}(1), {Roff.Bold("jq")}(1)").ToString();
    }

    /// <summary>The same as Markdown.</summary>
    public static string Text()
    {
        var text = new StringBuilder();
        string readme = Read("README.md");
        foreach (string title in s_ofReadme)
        {
            int start = readme.IndexOf($"## {title}\n", StringComparison.Ordinal);
            int end = readme.IndexOf("\n## ", start, StringComparison.Ordinal);

            // A section of its own, as the other pages are.
            text.Append(readme.AsSpan((start + 1)..end)).Append('\n');
        }

        return text.Append(Read("trace.md")).Append('\n').Append(Read("verdict.md")).ToString();
    }

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(FormatsPage).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
