namespace Fptrace.Commands.Undelete;

/// <summary>What the user asked of <c>fptrace undelete</c>.</summary>
/// <param name="Directory">A keep directory.</param>
/// <param name="Paths">What is meant, with all that was below; empty: everything.</param>
/// <param name="Lists">Only tell what is kept.</param>
internal sealed record UndeleteOptions(string Directory, IReadOnlyList<string> Paths, bool Lists);
