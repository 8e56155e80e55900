namespace Fptrace.Commands.CommandLine;

/// <summary>The options of a verb that takes at most one word, and few options.</summary>
internal abstract class WordOptionTable : OptionTable
{
    /// <param name="verb">The name of the verb.</param>
    /// <param name="options">Its options besides <c>--help</c>.</param>
    protected WordOptionTable(string verb, params Option[] options)
        : base(verb) => Register("", [.. options, Help]);

    /// <param name="args">The words after the verb.</param>
    /// <param name="given">The options.</param>
    /// <returns>The word; null when there is none.</returns>
    /// <exception cref="FptraceException">The command line is wrong.</exception>
    public string? Read(IReadOnlyList<string> args, out ParsedOptions given)
    {
        SplitArguments split = ArgumentSplitter.SplitOperands(args, this);
        given = Parse(split.Options);
        string[] words = [.. split.Operands, .. split.Command];
        if (words.Length > 1 || (words.Length == 1 && Words.Count == 0))
        {
            string takes = Words.Count == 0 ? "no word" : "one word";
            throw Usage.Error($"{Call} takes {takes} and not '{words[^1]}'; see {Call} --help");
        }

        return words.Length == 0 || Words.Contains(words[0], StringComparer.Ordinal)
            ? words.FirstOrDefault()
            : throw Usage.Error(ChoiceOption.Unknown(Call, words[0], Words));
    }
}
