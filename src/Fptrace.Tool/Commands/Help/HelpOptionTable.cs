using Fptrace.Commands.CommandLine;
using Fptrace.Commands.Help.Manual;

namespace Fptrace.Commands.Help;

/// <summary>The options of <c>fptrace help</c>. Its one word is a verb, or <c>formats</c>.</summary>
internal sealed class HelpOptionTable() : WordOptionTable("help", Man)
{
    public static readonly FlagOption Man = Flag("--man", "as a manual page: fptrace help --man run | man -l -");

    public override IReadOnlyList<string> Words => [.. Verbs.All.Select(verb => verb.Name), FormatsPage.Word];
}
