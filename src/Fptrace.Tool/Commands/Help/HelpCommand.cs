using Fptrace.Commands.CommandLine;
using Fptrace.Commands.Help.Manual;

namespace Fptrace.Commands.Help;

/// <summary><c>fptrace help [VERB]</c>: prints the help of tracing, or of a verb, or describes the formats.</summary>
internal static class HelpCommand
{
    /// <param name="args">The words after the verb.</param>
    /// <param name="output">stdout.</param>
    /// <param name="err">stderr.</param>
    /// <exception cref="FptraceException">There is no such verb.</exception>
    public static int Run(string[] args, TextWriter output, TextWriter err)
    {
        var table = new HelpOptionTable();
        string? name = table.Read(args, out ParsedOptions given);
        Verb verb = given.GetValue(table.Help) ? Verbs.Find("help")! : name is null ? Verbs.Trace
            : Verbs.Find(name) ?? Verbs.Trace;
        bool asPage = given.GetValue(HelpOptionTable.Man);
        output.Write(name == FormatsPage.Word && !given.GetValue(table.Help)
            ? asPage ? FormatsPage.Write() : FormatsPage.Text()
            : asPage ? VerbPage.Write(verb) : verb.Help);
        return 0;
    }
}
