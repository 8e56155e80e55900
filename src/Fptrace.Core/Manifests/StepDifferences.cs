using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Manifests;

/// <summary>Says in words in what two steps differ.</summary>
/// <remarks>
/// It visits both steps: the first visit stores the fields, the second compares with them. A field that has no sentence
/// of its own is shown by its name.
/// </remarks>
internal sealed class StepDifferences : IStepVisitor
{
    private readonly List<Difference> _found = [];
    private readonly Queue<object?> _old = new();
    private bool _compares;
    private Difference? _input;

    private StepDifferences()
    {
    }

    public static IReadOnlyList<Difference> Between(StepIdentity old, StepIdentity now)
    {
        var differences = new StepDifferences();
        _ = old.Visit(differences);
        differences._compares = true;
        _ = now.Visit(differences);
        return differences._found;
    }

    public IReadOnlyList<ByteString> Command(IReadOnlyList<ByteString> words)
    {
        IReadOnlyList<ByteString> old = Old(words);
        for (int i = 0; i < Math.Max(old.Count, words.Count); i++)
        {
            if (i >= old.Count)
            {
                Add("command", $"argument {i}: added {Words.Of(words[i])}");
            }
            else if (i >= words.Count)
            {
                Add("command", $"argument {i}: removed {Words.Of(old[i])}");
            }
            else if (old[i] != words[i])
            {
                string place = i == 0 ? "command" : $"argument {i}";
                Add("command", $"{place}: {Words.Of(old[i])} → {Words.Of(words[i])}");
            }
        }

        return words;
    }

    public ByteString Directory(ByteString path) => Place("directory", path);

    public ByteString Root(ByteString path) => Place("root", path);

    public EnvironmentMode Mode(string name, EnvironmentMode mode)
    {
        EnvironmentMode old = Old(mode);
        if (old != mode)
        {
            Add("environment mode", $"environment mode: {old.Name()} → {mode.Name()}");
        }

        return mode;
    }

    public int Number(string name, int number)
    {
        int old = Old(number);
        if (old == number)
        {
            return number;
        }

        switch (name)
        {
            case "environmentVersion":
                Add("environment version", "this version of fptrace has another list of variables that do not count");
                break;
            case "defaultIgnores":
                Add(
                    "default-ignores",
                    number == 0 ? "nothing is ignored by default any more"
                        : old == 0 ? "the default list of ignored names now holds"
                        : $"the default list of ignored names is another: version {old} → {number}");
                break;
            case "servers":
                Add(
                    name,
                    number == 0 ? "servers are now kept"
                        : old == 0 ? "servers are no longer kept"
                        : "this version of fptrace tells other tools to leave no servers");
                break;
            default:
                Add(name, $"{name}: {old} → {number}");
                break;
        }

        return number;
    }

    public IReadOnlyList<string> Texts(string name, IReadOnlyList<string> texts)
    {
        IReadOnlyList<string> old = Old(texts);
        if (old.SequenceEqual(texts, StringComparer.Ordinal))
        {
            return texts;
        }

        (string subject, string text) = name switch
        {
            "environment" => (name, $"the tracked variables are others: {Names(old)} → {Names(texts)}"),
            "environmentIgnore" =>
                ("environment ignore", $"the ignored variables are others: {Names(old)} → {Names(texts)}"),
            "environmentPass" =>
                ("environment pass", $"the passed variables are others: {Names(old)} → {Names(texts)}"),
            "ignore" => (name, $"the ignored names are others: {Changes(old, texts)}"),
            "ignoreListing" =>
                ("ignore-listing", $"the directories whose listings are ignored are others: {Changes(old, texts)}"),
            "extra" => (name, $"extra: {Words.Of(string.Join(", ", old))} → {Words.Of(string.Join(", ", texts))}"),
            "machine" => (name, Machines(old, texts)),
            _ => (name, $"{name}: {Changes(old, texts)}"),
        };
        Add(subject, text);
        return texts;
    }

    public ByteString Name(string name, ByteString bytes)
    {
        ByteString old = Old(bytes);
        if (old == bytes)
        {
            return bytes;
        }

        if (name == "home")
        {
            // HOME is shown like any variable of the environment.
            _found.Add(EnvironmentComparison.Changed("HOME", Value(old), Value(bytes)));
        }
        else
        {
            Add(name, $"{name}: {Words.Of(old)} → {Words.Of(bytes)}");
        }

        return bytes;

        static string? Value(ByteString path) => path.IsEmpty ? null : path.ToString();
    }

    public bool Flag(string name, bool flag)
    {
        if (Old(flag) == flag)
        {
            return flag;
        }

        if (name == "allowNetwork")
        {
            Add("network", flag ? "the network is now allowed" : "the network is no longer allowed");
        }
        else
        {
            Add(name, $"{name}: {(flag ? "no → yes" : "yes → no")}");
        }

        return flag;
    }

    public StandardInput? Input(StandardInput? input)
    {
        StandardInput? old = Old(input);
        if (old != input)
        {
            string before = StandardInput.Describe(old);
            string now = StandardInput.Describe(input);
            _input = new Difference(
                DifferenceKind.Step,
                "input",
                before != now
                    ? $"standard input: {before} → {now}"
                    : "the standard input, a file without a name, is another");
        }

        return input;
    }

    public StepTerminal? Terminal(StepTerminal? terminal)
    {
        if (StepTerminal.Compare(Old(terminal), terminal) is string text)
        {
            Add("terminal", text);
        }

        // The terminal comes first: "stdin was a terminal" says more than which file it is now.
        if (_input is { } input)
        {
            _found.Add(input);
        }

        return terminal;
    }

    private ByteString Place(string name, ByteString path)
    {
        ByteString old = Old(path);
        if (old != path)
        {
            Add(name, $"{name}: {Words.Of(old)} → {Words.Of(path)}");
        }

        return path;
    }

    /// <summary>The value of the field in the first visit. During that visit it is the value itself.</summary>
    private T Old<T>(T value)
    {
        if (_compares)
        {
            return (T)_old.Dequeue()!;
        }

        _old.Enqueue(value);
        return value;
    }

    private void Add(string subject, string text) => _found.Add(new Difference(DifferenceKind.Step, subject, text));

    /// <summary>The first property that differs.</summary>
    /// <remarks>The user comes before all others, because another user also has other groups and privileges.</remarks>
    private static string Machines(IReadOnlyList<string> old, IReadOnlyList<string> now)
    {
        string[] others = [.. old.Except(now, StringComparer.Ordinal)];
        string known = Fact(others, "user") ?? others.FirstOrDefault() ?? "=";
        string name = known.Length > 1 ? known[..known.IndexOf('=', StringComparison.Ordinal)] : "";
        string? current = name.Length > 0 ? Fact(now, name) : null;
        return name == "processor" ? "the processor is another"
            : current is not null
                ? $"{name}: {Words.Of(known[(name.Length + 1)..])} → {Words.Of(current[(name.Length + 1)..])}"
            : "the machine is another";

        static string? Fact(IEnumerable<string> facts, string name) =>
            facts.FirstOrDefault(fact => fact.StartsWith(name + "=", StringComparison.Ordinal));
    }

    private static string Names(IReadOnlyList<string> names) =>
        names.Count == 0 ? "none" : Words.Of(string.Join(' ', names));

    /// <summary>The texts that were added or removed, since whole lists would be too long.</summary>
    private static string Changes(IReadOnlyList<string> old, IReadOnlyList<string> now)
    {
        string[] more = [.. now.Except(old, StringComparer.Ordinal)];
        string[] fewer = [.. old.Except(now, StringComparer.Ordinal)];
        return (more.Length > 0 ? "now " + Names(more) : "")
            + (more.Length > 0 && fewer.Length > 0 ? ", " : "")
            + (fewer.Length > 0 ? "no longer " + Names(fewer) : "");
    }
}
