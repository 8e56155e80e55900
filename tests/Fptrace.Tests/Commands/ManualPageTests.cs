using System.Text.Json;
using System.Text.RegularExpressions;
using Fptrace.Commands.Help.Manual;
using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Commands;

/// <summary>The manual pages: complete, and good man(7).</summary>
public sealed partial class ManualPageTests : IDisposable
{
    private readonly WorkDirectory _directory = new();

    public static TheoryData<string> AllVerbs => [.. Verbs.All.Prepend(Verbs.Trace).Select(verb => verb.Name)];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(AllVerbs))]
    public void Page_HasAllThatTheHelpHas(string name)
    {
        Verb verb = Verbs.Find(name) ?? Verbs.Trace;
        string page = Page(name);
        Assert.All(verb.Options().ByName.Values, option => Assert.All(option.Aliases.Append(option.Name),
            word => Assert.Matches($@"(?m)^(.*, )?{Regex.Escape(Roff.Bold(word))}(,|\[| |$)", page)));

        // It has "Synopsis" for "Usage", "Exit status" for "Exit codes", and a list of verbs for the lines of usage.
        string text = Plain(page);
        Assert.All(Words(verb == Verbs.Trace ? verb.Page.Notes : verb.Help).Except(["Usage", "codes"]),
            word => Assert.Contains(word, text, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void PageOfFptrace_PointsToTheOthers() => Assert.All(Verbs.All,
        verb => Assert.Contains($"{Roff.Bold("fptrace-" + verb.Name)}(1)", Page(""), StringComparison.Ordinal));

    [Fact]
    public void PageOfFormats_HasAllFieldsOfTheSchemas()
    {
        string page = Plain(Page(FormatsPage.Word));
        Assert.All(((string[])["deps", "trace"]).SelectMany(FieldsOf).Distinct(),
            field => Assert.Contains(field, page, StringComparison.Ordinal));

        // A table's second column has no title there.
        Assert.All(Words(FormatsPage.Text()).Where(word => word.All(char.IsAsciiLetter)).Except(["happened"]),
            word => Assert.Contains(word, page, StringComparison.OrdinalIgnoreCase));
    }

    [SkippableTheory]
    [InlineData("groff", "-ww", "-man", "-Tutf8", "-z")]
    [InlineData("mandoc", "-T", "lint", "-W", "warning")]
    [InlineData("man", "--warnings=w", "-l")]
    public void Page_HasNoFault(params string[] checker)
    {
        Requires.Program(checker[0]);
        string[] pages = [.. Verbs.All.Select(verb => verb.Name).Append("").Append(FormatsPage.Word)];
        foreach (string name in pages)
        {
            _directory.Write("page." + name, Page(name));
        }

        CommandResult result = CommandRunner.Run(_directory.Work,
            ["env", "MANPAGER=cat", .. checker, .. pages.Select(name => "page." + name)]);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.True(checker[0] == "man" || result.Output.Length == 0, result.Output);
    }

    private static string Page(string word)
    {
        using var output = new StringWriter();
        Assert.Equal(0, Verbs.Run([.. (string[])["help", "--man"], .. word.Length == 0 ? (string[])[] : [word]], output,
            TextWriter.Null));

        // mandoc wants a date, as packed pages have it.
        return output.ToString().Replace(" \"\" ", " \"2026-01-01\" ", StringComparison.Ordinal);
    }

    private static IEnumerable<string> FieldsOf(string schema)
    {
        using var document = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(Repository.Root, "docs", schema + ".schema.json")));
        var fields = new List<string>();
        Collect(document.RootElement, fields);
        return fields;
    }

    private static void Collect(JsonElement element, List<string> fields)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (property is { Name: "properties", Value.ValueKind: JsonValueKind.Object })
            {
                fields.AddRange(property.Value.EnumerateObject().Select(field => field.Name));
            }

            Collect(property.Value, fields);
        }
    }

    private static IEnumerable<string> Words(string text) =>
        text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .Select(word => word.Trim(',', '[', ']', '(', ')', ':')).Where(word => word.Length > 0).Distinct();

    private static string Plain(string page) => EscapePattern().Replace(page, match => match.Value switch
    {
        "\\-" => "-",
        "\\e" => "\\",
        "\\(aq" => "'",
        "\\(ga" => "`",
        "\\(ha" => "^",
        "\\(ti" => "~",
        "\\(dq" => "\"",
        _ => "",
    });

    [GeneratedRegex(@"\\(-|e|\(..|f[BIR]|&)")]
    private static partial Regex EscapePattern();
}
