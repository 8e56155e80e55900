namespace Fptrace.Commands.Help;

/// <summary><c>fptrace help [VERB]</c>: prints the help of tracing, or of a verb.</summary>
internal static class HelpCommand
{
    /// <param name="args">The words after the verb.</param>
    /// <param name="output">stdout.</param>
    /// <param name="err">stderr.</param>
    /// <exception cref="FptraceException">There is no such verb.</exception>
    public static int Run(string[] args, TextWriter output, TextWriter err)
    {
        string? name = new HelpOptionTable().Read(args, out bool asksForHelp);
        output.Write((asksForHelp ? Verbs.Find("help")! : name is null ? Verbs.Trace : Verbs.Find(name)!).Help);
        return 0;
    }
}
