namespace Fptrace.Commands.CommandLine;

/// <summary>A command line cut where the traced command begins.</summary>
/// <param name="Options">The options of fptrace by their first names, each with its value after '='.</param>
/// <param name="Command">argv of the command, unchanged; empty if there is none.</param>
/// <param name="HasDashes">Whether <c>--</c> stands before the command.</param>
internal sealed record SplitArguments(IReadOnlyList<string> Options, IReadOnlyList<string> Command, bool HasDashes)
{
    /// <summary>The words before the command and its <c>--</c>, as the user wrote them.</summary>
    public IReadOnlyList<string> Given { get; init; } = [];

    /// <summary>The words before <c>--</c> that are no options, for verbs that take operands.</summary>
    public IReadOnlyList<string> Operands { get; init; } = [];
}
