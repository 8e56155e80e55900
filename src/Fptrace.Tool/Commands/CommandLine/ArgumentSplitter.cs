namespace Fptrace.Commands.CommandLine;

/// <summary>Finds where the traced command begins: at the first word that is no option, or after <c>--</c>.</summary>
/// <remarks>
/// In <c>fptrace -e true -d x</c> the command is <c>true -d x</c>. There are no @response files, and short options are
/// not bundled: <c>-do</c> is not <c>-d -o</c>.
/// </remarks>
internal static class ArgumentSplitter
{
    /// <exception cref="FptraceException">An option is unknown or lacks its value.</exception>
    public static SplitArguments Split(IReadOnlyList<string> args, OptionTable table) =>
        Split(args, table, hasOperands: false);

    /// <summary>Splits a command line whose other words are operands, before, between and after the options.</summary>
    /// <exception cref="FptraceException">An option is unknown or lacks its value.</exception>
    public static SplitArguments SplitOperands(IReadOnlyList<string> args, OptionTable table) =>
        Split(args, table, hasOperands: true);

    private static SplitArguments Split(IReadOnlyList<string> args, OptionTable table, bool hasOperands)
    {
        var options = new List<string>();
        var operands = new List<string>();
        int i = 0;
        while (i < args.Count && args[i] != "--")
        {
            string word = args[i];

            // A single dash is a word and no option, as everywhere.
            if (word.Length >= 2 && word[0] == '-')
            {
                options.Add(Take(args, ref i, table));
            }
            else if (hasOperands)
            {
                operands.Add(word);
                i++;
            }
            else
            {
                break;
            }
        }

        bool hasDashes = i < args.Count && args[i] == "--";
        return new SplitArguments(options, [.. args.Skip(hasDashes ? i + 1 : i)],
            hasDashes) { Given = [.. args.Take(i)], Operands = operands };
    }

    /// <summary>Takes an option and its value, which may be the next word.</summary>
    private static string Take(IReadOnlyList<string> args, ref int i, OptionTable table)
    {
        string word = args[i++];
        int equals = word.IndexOf('=', StringComparison.Ordinal);
        string spelled = equals < 0 ? word : word[..equals];
        if (Find(spelled, table) is not { } option)
        {
            throw UnknownOption.Error(args, i - 1, spelled, table);
        }

        string? value = equals < 0 ? null : word[(equals + 1)..];
        if (value is null && option.Value == OptionValue.Required && i < args.Count)
        {
            value = args[i++];
        }

        return Join(option, spelled, value);
    }

    /// <param name="spelled">The option with its dashes, without a value.</param>
    /// <param name="table">The options of the verb.</param>
    public static Option? Find(string spelled, OptionTable table) =>
        table.ByName.GetValueOrDefault(spelled.StartsWith("--", StringComparison.Ordinal)
            ? spelled[2..]
            : spelled[1..]);

    private static string Join(Option option, string spelled, string? value)
    {
        if (option is FlagOption)
        {
            bool flag = value is null
                || (GoBoolean.Parse(value) ?? throw Usage.Error($"{spelled} is true or false, not '{value}'"));
            return flag ? option.Name + "=true" : option.Name + "=false";
        }

        if (option.Value == OptionValue.Optional)
        {
            return string.IsNullOrEmpty(value) ? option.Name : $"{option.Name}={value}";
        }

        return string.IsNullOrEmpty(value)
            ? throw Usage.Error(
                $"{spelled} needs a value; write {spelled} {option.HelpName} or {spelled}={option.HelpName}")
            : $"{option.Name}={value}";
    }
}
