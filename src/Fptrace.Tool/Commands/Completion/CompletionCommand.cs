using Fptrace.Commands.CommandLine;

namespace Fptrace.Commands.Completion;

/// <summary>
/// <c>fptrace completion SHELL</c>: prints a script for the shell, made from the tables of verbs and options.
/// </summary>
internal static class CompletionCommand
{
    /// <param name="args">The words after the verb.</param>
    /// <param name="output">stdout.</param>
    /// <param name="err">stderr.</param>
    /// <exception cref="FptraceException">There is no script for that shell.</exception>
    public static int Run(string[] args, TextWriter output, TextWriter err)
    {
        var table = new CompletionOptionTable();
        string? shell = table.Read(args, out ParsedOptions given);
        output.Write(given.GetValue(table.Help) ? Verbs.Find("completion")!.Help : shell switch
        {
            "bash" => BashCompletion.Write(),
            "zsh" => ZshCompletion.Write(),
            "fish" => FishCompletion.Write(),
            _ =>
                throw Usage.Error(
                    "fptrace completion needs the name of a shell: "
                        + $"{ChoiceOption.Words(CompletionOptionTable.Shells)}"),
        });
        return 0;
    }
}
