using Fptrace.Commands.CommandLine;

namespace Fptrace.Commands.Doctor;

/// <summary>The options of <c>fptrace doctor</c>.</summary>
internal sealed class DoctorOptionTable : OptionTable
{
    private readonly FlagOption _json = Flag("--json", "JSON on stdout, an object");

    public DoctorOptionTable()
        : base("doctor") => Register("", _json, Help);

    /// <returns>Whether to print JSON; null when help was asked for.</returns>
    /// <exception cref="FptraceException">The command line is wrong.</exception>
    public bool? Read(IReadOnlyList<string> args)
    {
        if (SplitUnlessHelp(args) is not { } split)
        {
            return null;
        }

        return split.Operands.Concat(split.Command).FirstOrDefault() is { } word
            ? throw Usage.Error($"{Call} takes no word and not '{word}'; see {Call} --help")
            : Parse(split.Options).GetValue(_json);
    }
}
