using System.CommandLine;

namespace Fptrace.Commands;

/// <summary>The options of <c>fptrace forget</c> and its operands.</summary>
internal sealed class ForgetOptionTable : OptionTable
{
    private readonly Option<string?> _olderThan = Text("--older-than");
    private readonly Option<bool> _all = Flag("--all");
    private readonly Option<string?> _root = Text("--root");

    public ForgetOptionTable() => Register(_olderThan, _all, _root, Help);

    /// <returns>Null if help was asked for.</returns>
    /// <exception cref="FptraceException">The command line is wrong.</exception>
    public ForgetVerbOptions? Read(IReadOnlyList<string> args)
    {
        var options = new List<string>();
        var operands = new List<string>();
        IReadOnlyList<string> rest = args;
        while (rest.Count > 0)
        {
            // Options may stand between the operands.
            SplitArguments split = ArgumentSplitter.Split(rest, ByName);
            options.AddRange(split.Options);
            operands.AddRange(split.Command.Take(1));
            rest = [.. split.Command.Skip(1)];
        }

        if (options.Contains(Help.Name + "=true"))
        {
            return null;
        }

        ParseResult result = Parse(options);
        bool all = result.GetValue(_all);
        string? age = result.GetValue(_olderThan);
        if ((operands.Count > 0 ? 1 : 0) + (all ? 1 : 0) + (age is not null ? 1 : 0) != 1)
        {
            throw Usage.Error("fptrace forget takes manifests, or --older-than AGE, or --all; see fptrace forget --help");
        }

        return new ForgetVerbOptions(operands, age is null ? TimeSpan.Zero : Age.Parse(age, "--older-than"), result.GetValue(_root));
    }
}
