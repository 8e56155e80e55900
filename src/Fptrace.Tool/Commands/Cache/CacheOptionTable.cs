using Fptrace.Commands.CommandLine;

namespace Fptrace.Commands.Cache;

/// <summary>The options of <c>fptrace cache</c> and its operands.</summary>
internal sealed class CacheOptionTable : OperandOptionTable<CacheOptions>
{
    public static readonly string[] Actions = ["stats", "verify", "gc", "clear"];
    private readonly TextOption _size = Text("--size", "SIZE",
        "gc: what may be left, such as 500M or 10G (default: $FPTRACE_CACHE_SIZE, or 10G)");
    private readonly FlagOption _json = Flag("--json", "stats: JSON on stdout");

    public CacheOptionTable()
        : base("cache") => Register("", _size, _json, Help);

    public override IReadOnlyList<string> Words => Actions;

    /// <inheritdoc/>
    public override CacheOptions Read(SplitArguments split)
    {
        string[] operands = [.. split.Operands, .. split.Command];
        if (operands.Length == 0)
        {
            throw Usage.Error($"fptrace cache needs a word what to do: {ChoiceOption.Words(Actions)}");
        }

        if (!Actions.Contains(operands[0], StringComparer.Ordinal))
        {
            throw Usage.Error(ChoiceOption.Unknown(Call, operands[0], Actions));
        }

        if (operands.Length > 2)
        {
            throw Usage.Error($"fptrace cache {operands[0]} takes one directory; see fptrace cache --help");
        }

        ParsedOptions result = Parse(split.Options);
        return new CacheOptions(
            operands[0],
            operands.ElementAtOrDefault(1),
            result.GetValue(_size) is string size ? ByteSize.Parse(size, "--size") : null,
            result.GetValue(_json));
    }
}
