using Fptrace.Commands.CommandLine;
using Fptrace.Keeping;

namespace Fptrace.Commands.Undelete;

/// <summary>The options of <c>fptrace undelete</c> and its operands.</summary>
internal sealed class UndeleteOptionTable : OperandOptionTable<UndeleteOptions>
{
    private readonly FlagOption _list = Flag("--list", "put nothing back, and tell what is kept");

    public UndeleteOptionTable()
        : base("undelete") => Register("", _list, Help);

    /// <inheritdoc/>
    public override SplitArguments Split(string[] args) => base.Split(ByteArguments.Of(args));

    /// <inheritdoc/>
    public override UndeleteOptions Read(SplitArguments split)
    {
        string[] operands = [.. split.Operands, .. split.Command];
        return operands.Length > 0
            ? new UndeleteOptions(Find(operands[0]), operands[1..], Parse(split.Options).GetValue(_list))
            : throw Usage.Error("fptrace undelete needs the directory that fptrace -u has named"
                + (KeepPlace.Default is { } place ? $"; by default it is below {place}" : ""));
    }

    /// <summary>A directory, or the name of one where <c>-u</c> keeps files by default.</summary>
    private static string Find(string word) =>
        !word.Contains('/', StringComparison.Ordinal) && !Directory.Exists(word) && KeepPlace.Default is { } place
        ? Path.Combine(place, word)
        : word;
}
