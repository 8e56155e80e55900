using Fptrace.Commands.CommandLine;

namespace Fptrace.Commands.Check;

/// <summary>The options of <c>fptrace check</c> and <c>fptrace explain</c>, and their operands.</summary>
internal sealed class CheckOptionTable : OperandOptionTable<CheckOptions>
{
    private readonly FlagOption _json = Flag("--json",
        "JSON on stdout: an object, or an array of them for several manifests");
    private readonly FlagOption _noRefresh = Flag("--no-refresh",
        "leave manifests as they are; otherwise they learn the new times of files that were only touched");
    private readonly FlagOption _noEnvironment = Flag("--no-env",
        "do not compare the environment, as for a step that MSBuild runs in its own");
    private readonly TextOption _root = Text("--root", "DIR",
        "where -- COMMAND is looked for (default: as fptrace run finds it)");
    private readonly FlagOption _quiet = Flag("--quiet", "print nothing", "-q");

    /// <param name="verb"><c>check</c> or <c>explain</c>.</param>
    public CheckOptionTable(string verb)
        : base(verb) => Register("", _json, _noRefresh, _noEnvironment, _root, _quiet, Help);

    /// <inheritdoc/>
    public override CheckOptions Read(SplitArguments split)
    {
        if (split.Operands.Count == 0 && split.Command.Count == 0)
        {
            throw Usage.Error(
                $"{Call} takes manifests, such as those in .fptrace, or a command: {Call} -- make; see {Call} --help");
        }

        ParsedOptions result = Parse(split.Options);
        return new CheckOptions(split.Operands, split.Command)
        {
            Json = result.GetValue(_json),
            NoRefresh = result.GetValue(_noRefresh),
            NoEnvironment = result.GetValue(_noEnvironment),
            Root = result.GetValue(_root),
            Quiet = result.GetValue(_quiet),
            All = Verb == "explain",
        };
    }
}
