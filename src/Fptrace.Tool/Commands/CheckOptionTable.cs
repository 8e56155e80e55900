using System.CommandLine;

namespace Fptrace.Commands;

/// <summary>The options of <c>fptrace check</c> and <c>fptrace explain</c>, and their one operand.</summary>
internal sealed class CheckOptionTable : OptionTable
{
    private readonly Option<bool> _json = Flag("--json");
    private readonly Option<bool> _noRefresh = Flag("--no-refresh");
    private readonly Option<bool> _noEnvironment = Flag("--no-env");
    private readonly Option<bool> _quiet = Flag("--quiet", "-q");

    public CheckOptionTable() => Register(_json, _noRefresh, _noEnvironment, _quiet, Help);

    /// <summary>Options may stand on both sides of the manifest.</summary>
    /// <exception cref="FptraceException">The command line is wrong.</exception>
    public CheckVerbOptions? Parse(string verb, IReadOnlyList<string> args)
    {
        SplitArguments split = ArgumentSplitter.Split(args, ByName);
        if (split.Command.Count > 1)
        {
            SplitArguments rest = ArgumentSplitter.Split([.. split.Command.Skip(1)], ByName);
            split = new SplitArguments([.. split.Options, .. rest.Options], [split.Command[0], .. rest.Command]);
        }

        if (split.Options.Contains(Help.Name + "=true"))
        {
            return null;
        }

        if (split.Command.Count != 1)
        {
            throw Usage.Error($"fptrace {verb} takes one manifest; see fptrace {verb} --help");
        }

        ParseResult result = Parse(split.Options);
        return new CheckVerbOptions(split.Command[0], result.GetValue(_json), result.GetValue(_noRefresh), result.GetValue(_noEnvironment), result.GetValue(_quiet));
    }
}
