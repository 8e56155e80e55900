namespace Fptrace.Commands.CommandLine;

/// <summary>A command line cut where the traced command begins.</summary>
/// <param name="Options">Options of fptrace in their first spelling, each with its value after '='.</param>
/// <param name="Command">argv of the command, untouched; empty if there is none.</param>
/// <param name="HasDashes"><c>--</c> stands before the command.</param>
internal sealed record SplitArguments(IReadOnlyList<string> Options, IReadOnlyList<string> Command, bool HasDashes)
{
    /// <summary>The words before the command and its <c>--</c>, as the user wrote them.</summary>
    public IReadOnlyList<string> Given { get; init; } = [];

    /// <summary>Words before <c>--</c> that are no options, of verbs that take such.</summary>
    public IReadOnlyList<string> Operands { get; init; } = [];
}
