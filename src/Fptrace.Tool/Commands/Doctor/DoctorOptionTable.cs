using Fptrace.Commands.CommandLine;

namespace Fptrace.Commands.Doctor;

/// <summary>The options of <c>fptrace doctor</c>.</summary>
internal sealed class DoctorOptionTable : OperandOptionTable<bool>
{
    private readonly FlagOption _json = Flag("--json", "JSON on stdout, an object");

    public DoctorOptionTable()
        : base("doctor") => Register("", _json, Help);

    /// <inheritdoc/>
    /// <returns>Whether to print JSON.</returns>
    public override bool Read(SplitArguments split) =>
        split.Operands.Concat(split.Command).FirstOrDefault() is { } word
            ? throw Usage.Error($"{Call} takes no word and not '{word}'; see {Call} --help")
            : Parse(split.Options).GetValue(_json);
}
