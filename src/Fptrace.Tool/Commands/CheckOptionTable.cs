using System.CommandLine;

namespace Fptrace.Commands;

/// <summary>The options of <c>fptrace check</c> and <c>fptrace explain</c>, and their operands.</summary>
internal sealed class CheckOptionTable : OptionTable
{
    private readonly Option<bool> _json = Flag("--json");
    private readonly Option<bool> _noRefresh = Flag("--no-refresh");
    private readonly Option<bool> _noEnvironment = Flag("--no-env");
    private readonly Option<bool> _quiet = Flag("--quiet", "-q");

    public CheckOptionTable() => Register(_json, _noRefresh, _noEnvironment, _quiet, Help);

    /// <returns>Null if help was asked for.</returns>
    /// <exception cref="FptraceException">The command line is wrong.</exception>
    public CheckVerbOptions? Parse(string verb, IReadOnlyList<string> args)
    {
        SplitArguments split = ArgumentSplitter.SplitOperands(args, ByName);
        if (split.Options.Contains(Help.Name + "=true"))
        {
            return null;
        }

        if (split.Command.Count == 0)
        {
            throw Usage.Error($"fptrace {verb} takes manifests, such as those in .fptrace; see fptrace {verb} --help");
        }

        ParseResult result = Parse(split.Options);
        return new CheckVerbOptions(split.Command, result.GetValue(_json), result.GetValue(_noRefresh), result.GetValue(_noEnvironment), result.GetValue(_quiet));
    }
}
