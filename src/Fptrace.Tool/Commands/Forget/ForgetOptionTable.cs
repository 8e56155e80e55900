using Fptrace.Commands.CommandLine;

namespace Fptrace.Commands.Forget;

/// <summary>The options of <c>fptrace forget</c> and its operands.</summary>
internal sealed class ForgetOptionTable : OperandOptionTable<ForgetOptions>
{
    private readonly TextOption _olderThan = Text("--older-than", "AGE",
        "those in .fptrace below the root that were not used for so long, such as 12h, 30d or 8w");
    private readonly FlagOption _all = Flag("--all", "all that are in .fptrace below the root");
    private readonly TextOption _root = Text("--root", "DIR", "the root (default: as fptrace run finds it)");

    public ForgetOptionTable()
        : base("forget") => Register("", _olderThan, _all, _root, Help);

    /// <inheritdoc/>
    public override ForgetOptions Read(SplitArguments split)
    {
        ParsedOptions result = Parse(split.Options);
        bool all = result.GetValue(_all);
        string? age = result.GetValue(_olderThan);
        if ((split.Operands.Count + split.Command.Count > 0 ? 1 : 0) + (all ? 1 : 0) + (age is not null ? 1 : 0) != 1)
        {
            throw Usage.Error(
                "fptrace forget takes manifests, or -- COMMAND, or --older-than AGE, or --all; see fptrace forget "
                    + "--help");
        }

        return new ForgetOptions(
            split.Operands, split.Command, age is null ? TimeSpan.Zero : Age.Parse(age, "--older-than"),
            result.GetValue(_root));
    }
}
