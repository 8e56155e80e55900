using System.CommandLine;

namespace Fptrace.Commands;

/// <summary>Finds where the traced command begins: at the first word that is no option, or after <c>--</c>.</summary>
/// <remarks>
/// System.CommandLine looks for options on the whole line and takes <c>-e true</c> as a value, but in <c>fptrace -e true -d x</c>
/// the words from <c>true</c> on belong to the command. So it sees only what stands before, with each value joined to its option.
/// </remarks>
internal static class ArgumentSplitter
{
    /// <exception cref="FptraceException">An option is unknown or lacks its value.</exception>
    public static SplitArguments Split(IReadOnlyList<string> args, Dictionary<string, Option> byName)
    {
        var options = new List<string>();
        int i = 0;
        while (i < args.Count)
        {
            string word = args[i];
            if (word == "--")
            {
                i++;
                break;
            }

            // A single dash is a word, as everywhere.
            if (word.Length < 2 || word[0] != '-')
            {
                break;
            }

            int equals = word.IndexOf('=', StringComparison.Ordinal);
            string spelled = equals < 0 ? word : word[..equals];
            string name = spelled[1] == '-' ? spelled[2..] : spelled[1..];
            if (!byName.TryGetValue(name, out Option? option))
            {
                throw Unknown(spelled, name, byName);
            }

            i++;
            string? value = equals < 0 ? null : word[(equals + 1)..];
            if (value is null && option.Arity.MinimumNumberOfValues > 0 && i < args.Count)
            {
                value = args[i++];
            }

            options.Add(Join(option, spelled, value));
        }

        return new SplitArguments(options, [.. args.Skip(i)]);
    }

    /// <summary>The same where no command follows: options may stand before, between and behind the operands.</summary>
    /// <returns>The operands as the command.</returns>
    /// <exception cref="FptraceException">An option is unknown or lacks its value.</exception>
    public static SplitArguments SplitOperands(IReadOnlyList<string> args, Dictionary<string, Option> byName)
    {
        var options = new List<string>();
        var operands = new List<string>();
        IReadOnlyList<string> rest = args;
        while (rest.Count > 0)
        {
            SplitArguments split = Split(rest, byName);
            options.AddRange(split.Options);
            operands.AddRange(split.Command.Take(1));
            rest = [.. split.Command.Skip(1)];
        }

        return new SplitArguments(options, operands);
    }

    private static string Join(Option option, string spelled, string? value)
    {
        if (option.Arity.MinimumNumberOfValues == 0 && option is not Option<bool>)
        {
            return string.IsNullOrEmpty(value) ? option.Name : $"{option.Name}={value}";
        }

        if (option.Arity.MinimumNumberOfValues == 0)
        {
            // System.CommandLine knows only "true" and "false".
            bool flag = value is null || (GoBoolean.Parse(value) ?? throw Usage.Error($"{spelled} is true or false, not '{value}'"));
            return flag ? option.Name + "=true" : option.Name + "=false";
        }

        return string.IsNullOrEmpty(value)
            ? throw Usage.Error($"{spelled} needs a value; write {spelled} VALUE or {spelled}=VALUE")
            : $"{option.Name}={value}";
    }

    private static FptraceException Unknown(string spelled, string name, Dictionary<string, Option> byName)
    {
        string? nearest = Spelling.Nearest(name, byName.Keys);
        string remedy = nearest is null
            ? "see fptrace --help"
            : $"did you mean {(nearest == byName[nearest].Name.TrimStart('-') ? byName[nearest].Name : "-" + nearest)}?";
        return Usage.Error($"unknown option {spelled}; {remedy}");
    }
}
