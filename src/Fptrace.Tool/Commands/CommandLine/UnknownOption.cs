namespace Fptrace.Commands.CommandLine;

/// <summary>Makes the error for an option that a verb does not have.</summary>
internal static class UnknownOption
{
    /// <param name="args">The words after the verb.</param>
    /// <param name="at">The position of the option among them.</param>
    /// <param name="spelled">The option as the user wrote it, without a value.</param>
    /// <param name="table">The options of the verb.</param>
    public static FptraceException Error(IReadOnlyList<string> args, int at, string spelled, OptionTable table)
    {
        string help = $"see {table.Call} --help";
        string unknown = $"unknown option {spelled}";
        string of = table.Verb.Length == 0 ? "" : $" of {table.Call}";
        if (Moved(args, at, table) is { } moved)
        {
            return Usage.Error($"{unknown}{of}; options of a verb stand behind it: {moved}");
        }

        if (ForeignOption.Advice(spelled, table.Verb) is { } advice)
        {
            return Usage.Error($"{unknown}{of}; {advice}");
        }

        // An option of another verb with this very name is more likely meant than one of this verb with a similar name.
        if (Owner(spelled, table) is { } owner)
        {
            return Usage.Error(
                $"{unknown}{of}; {owner.Call} has it; {(of.Length > 0 ? help : $"see {owner.Call} --help")}");
        }

        string name = spelled.TrimStart('-');
        string? nearest = Spelling.Nearest(name, table.ByName.Keys);
        return Usage.Error(nearest is null
            ? $"{unknown}{of}; {help}"
            : $"{unknown}{of}; did you mean "
                + $"{Spelled(nearest, table.ByName[nearest])}?{(of.Length > 0 ? $" {help}" : "")}");
    }

    /// <summary>
    /// Corrects a line such as <c>fptrace --force run make</c>, where the option stands before its verb.
    /// </summary>
    private static string? Moved(IReadOnlyList<string> args, int at, OptionTable table)
    {
        if (table.Verb.Length > 0)
        {
            return null;
        }

        for (int i = at + 1; i < args.Count; i++)
        {
            if (Verbs.Find(args[i]) is { } verb && ArgumentSplitter.Find(Bare(args[at]), verb.Options()) is not null)
            {
                return $"fptrace {verb.Name} {ShellWords.Join([.. args.Take(i), .. args.Skip(i + 1)])}";
            }
        }

        return null;
    }

    private static OptionTable? Owner(string spelled, OptionTable table)
    {
        // Several verbs have short options, with different meanings, so none of them is likely meant.
        if (spelled.TrimStart('-').Length < 2 && table.Verb.Length == 0)
        {
            return null;
        }

        foreach (Verb verb in Verbs.All.Prepend(Verbs.Trace))
        {
            if (verb.Name != table.Verb && ArgumentSplitter.Find(spelled, verb.Options()) is not null)
            {
                return verb.Options();
            }
        }

        return null;
    }

    private static string Bare(string word) => word.Split('=')[0];

    private static string Spelled(string name, Option option) =>
        name == option.Name.TrimStart('-') ? option.Name : "-" + name;
}
