namespace Fptrace.MSBuild.Parity;

/// <summary>One behaviour of Exec that TracedExec must have.</summary>
/// <param name="Name">As in the table of docs/msbuild.md.</param>
/// <param name="Xml">What stands in a target; the element is written Exec and renamed for TracedExec, and Result is a
/// name of the row's own.</param>
/// <param name="Skips">Whether a second build skips it.</param>
internal sealed record ParityRow(string Name, string Xml, bool Skips = true)
{
    /// <summary>A target's name, which MSBuild compares without regard to case.</summary>
    public string Target => new([.. Name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_')]);

    public override string ToString() => Name;
}
