namespace Fptrace.Commands.List;

/// <summary>The help of <c>fptrace list</c>.</summary>
internal static class ListHelp
{
    public static HelpPage Page { get; } = new(
        """
        fptrace list tells which commands fptrace run knows below the root: each with its state, its age, the size of what is
        known of it, and its directory.

        Usage: fptrace list [options]
        """,
        """
        The state is what fptrace check tells. The age is that of the last run, or of the last check that found it up to date.
        """);
}
