using Fptrace.Commands.CommandLine;

namespace Fptrace.Commands.Version;

/// <summary><c>fptrace version</c>: prints the version.</summary>
internal static class VersionCommand
{
    /// <param name="args">The words after the verb.</param>
    /// <param name="output">stdout.</param>
    /// <param name="err">stderr.</param>
    /// <exception cref="FptraceException">A word follows the verb.</exception>
    public static int Run(string[] args, TextWriter output, TextWriter err)
    {
        var table = new VersionOptionTable();
        _ = table.Read(args, out ParsedOptions given);
        output.Write(given.GetValue(table.Help) ? Verbs.Find("version")!.Help : ToolVersion.Line + "\n");
        return 0;
    }
}
