namespace Fptrace.Commands;

/// <summary><c>fptrace help [VERB]</c> and <c>fptrace version</c>.</summary>
internal static class HelpCommand
{
    /// <param name="args">What follows the verb.</param>
    /// <param name="output">stdout.</param>
    /// <param name="err">stderr.</param>
    /// <exception cref="FptraceException">There is no such verb.</exception>
    public static int Run(string[] args, TextWriter output, TextWriter err)
    {
        string? name = new WordOptionTable("help").Read(args, [.. Verbs.All.Select(verb => verb.Name)], out bool asksForHelp);
        output.Write((asksForHelp ? Verbs.Find("help")! : name is null ? Verbs.Trace : Verbs.Find(name)!).Help);
        return 0;
    }

    /// <param name="args">What follows the verb.</param>
    /// <param name="output">stdout.</param>
    /// <param name="err">stderr.</param>
    /// <exception cref="FptraceException">Something follows.</exception>
    public static int Version(string[] args, TextWriter output, TextWriter err)
    {
        _ = new WordOptionTable("version").Read(args, [], out bool asksForHelp);
        output.Write(asksForHelp ? Verbs.Find("version")!.Help : HelpText.Version + "\n");
        return 0;
    }
}
