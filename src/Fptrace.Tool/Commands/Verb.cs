using Fptrace.Commands.CommandLine;

namespace Fptrace.Commands;

/// <summary>
/// One thing that fptrace does. Dispatch, errors, help and completion come from here. Its three parts stand in the
/// folder of its name: <c>*OptionTable</c>, <c>*Help</c> and <c>*Command</c>.
/// </summary>
/// <param name="Name">The first word; empty for tracing, which needs none.</param>
/// <param name="Summary">What it does, in a line.</param>
/// <param name="Operands">What follows its options.</param>
/// <param name="Options">Makes the table of its options.</param>
/// <param name="Page">The help around the options.</param>
/// <param name="Command">Carries it out: gets the words after the verb, stdout and stderr, and returns the exit
/// code.</param>
internal sealed record Verb(
    string Name,
    string Summary,
    OperandKind Operands,
    Func<OptionTable> Options,
    HelpPage Page,
    Func<string[], TextWriter, TextWriter, int> Command)
{
    /// <summary>What <c>--help</c> prints.</summary>
    public string Help => Page.Write(Options());

    /// <summary>A verb with operands, which prints its help or carries out the command.</summary>
    public static Verb Of<T>(string name, string summary, OperandKind operands, Func<OperandOptionTable<T>> options,
        HelpPage page, Func<T, TextWriter, int> command) =>
        new(name, summary, operands, options, page, (args, output, _) =>
        {
            OperandOptionTable<T> table = options();
            SplitArguments split = table.Split(args);
            if (!table.AsksForHelp(split))
            {
                return command(table.Read(split), output);
            }

            output.Write(page.Write(table));
            return 0;
        });
}
