namespace Fptrace.Commands.CommandLine;

/// <summary>The options of a verb that has only <c>--help</c> and takes at most one word.</summary>
internal abstract class WordOptionTable : OptionTable
{
    /// <param name="verb">The name of the verb.</param>
    protected WordOptionTable(string verb)
        : base(verb) => Register("", Help);

    /// <param name="args">The words after the verb.</param>
    /// <param name="asksForHelp">Whether the user asks for help.</param>
    /// <returns>The word; null when there is none.</returns>
    /// <exception cref="FptraceException">The command line is wrong.</exception>
    public string? Read(IReadOnlyList<string> args, out bool asksForHelp)
    {
        SplitArguments split = ArgumentSplitter.SplitOperands(args, this);
        asksForHelp = AsksForHelp(split);
        string[] given = [.. split.Operands, .. split.Command];
        if (given.Length > 1 || (given.Length == 1 && Words.Count == 0))
        {
            string takes = Words.Count == 0 ? "no word" : "one word";
            throw Usage.Error($"{Call} takes {takes} and not '{given[^1]}'; see {Call} --help");
        }

        return given.Length == 0 || Words.Contains(given[0], StringComparer.Ordinal)
            ? given.FirstOrDefault()
            : throw Usage.Error(ChoiceOption.Unknown(Call, given[0], Words));
    }
}
