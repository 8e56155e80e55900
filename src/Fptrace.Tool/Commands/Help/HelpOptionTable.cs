using Fptrace.Commands.CommandLine;

namespace Fptrace.Commands.Help;

/// <summary>The options of <c>fptrace help</c>. Its one word is a verb.</summary>
internal sealed class HelpOptionTable() : WordOptionTable("help")
{
    public override IReadOnlyList<string> Words => [.. Verbs.All.Select(verb => verb.Name)];
}
