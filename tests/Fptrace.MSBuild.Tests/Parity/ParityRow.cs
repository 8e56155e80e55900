namespace Fptrace.MSBuild.Parity;

/// <summary>One behaviour of Exec that TracedExec must have.</summary>
/// <param name="Name">As in the table of docs/msbuild.md.</param>
/// <param name="Xml">What stands in a target; the element is written Exec and renamed for TracedExec.</param>
/// <param name="Skips">Whether a second build skips it.</param>
internal sealed record ParityRow(string Name, string Xml, bool Skips = true)
{
    /// <summary>A target's name.</summary>
    public string Target => new([.. Name.Where(char.IsAsciiLetterOrDigit)]);

    public override string ToString() => Name;
}
