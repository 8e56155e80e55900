using Fptrace.Commands.CommandLine;

namespace Fptrace.Commands.List;

/// <summary>The options of <c>fptrace list</c>.</summary>
internal sealed class ListOptionTable : OperandOptionTable<ListOptions>
{
    private readonly FlagOption _json = Flag("--json", "JSON on stdout, an array");
    private readonly FlagOption _noEnvironment = Flag("--no-env",
        "do not compare the environment, as for steps that MSBuild runs in its own");
    private readonly TextOption _root = Text("--root", "DIR", "the root (default: as fptrace run finds it)");

    public ListOptionTable()
        : base("list") => Register("", _json, _noEnvironment, _root, Help);

    /// <inheritdoc/>
    public override ListOptions Read(SplitArguments split)
    {
        if (split.Operands.Concat(split.Command).FirstOrDefault() is { } word)
        {
            throw Usage.Error($"{Call} takes no word and not '{word}'; fptrace check tells about one step");
        }

        ParsedOptions result = Parse(split.Options);
        return new ListOptions(result.GetValue(_json), result.GetValue(_noEnvironment), result.GetValue(_root));
    }
}
