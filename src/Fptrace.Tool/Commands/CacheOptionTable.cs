using System.CommandLine;

namespace Fptrace.Commands;

/// <summary>The options of <c>fptrace cache</c> and its operands.</summary>
internal sealed class CacheOptionTable : OptionTable
{
    private static readonly string[] s_actions = ["stats", "verify", "gc", "clear"];
    private readonly Option<string?> _size = Text("--size");
    private readonly Option<bool> _json = Flag("--json");

    public CacheOptionTable() => Register(_size, _json, Help);

    /// <returns>Null if help was asked for.</returns>
    /// <exception cref="FptraceException">The command line is wrong.</exception>
    public CacheVerbOptions? Read(IReadOnlyList<string> args)
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

        if (operands.Count == 0 || !s_actions.Contains(operands[0]))
        {
            string nearest = operands.Count > 0 && Spelling.Nearest(operands[0], s_actions) is string near ? $"; did you mean {near}?" : "";
            throw Usage.Error(operands.Count == 0
                ? "fptrace cache needs a word what to do: stats, verify, gc or clear"
                : $"fptrace cache does not know '{operands[0]}'{(nearest.Length > 0 ? nearest : "; use stats, verify, gc or clear")}");
        }

        if (operands.Count > 2)
        {
            throw Usage.Error($"fptrace cache {operands[0]} takes one directory; see fptrace cache --help");
        }

        ParseResult result = Parse(options);
        return new CacheVerbOptions(
            operands[0],
            operands.ElementAtOrDefault(1),
            result.GetValue(_size) is string size ? ByteSize.Parse(size, "--size") : null,
            result.GetValue(_json));
    }
}
