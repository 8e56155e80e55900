namespace Fptrace.Commands.Check;

/// <summary>The help of <c>fptrace check</c> and <c>fptrace explain</c>.</summary>
internal static class CheckHelp
{
    public static HelpPage Page { get; } = new(
        """
        fptrace check tells whether commands are up to date, and the first reason against each; fptrace explain tells all reasons.

        Usage: fptrace check|explain [options] MANIFEST...
               fptrace check|explain [options] -- COMMAND [ARGUMENT...]
        """,
        """
        A command is meant in this directory, with whatever options it ran; fptrace list tells all. Of several each has a line above
        its reasons that names it.

        Examples
          fptrace explain -- make
          fptrace explain .fptrace/*.json

        Exit codes
            0  all are up to date
            1  not all are: a command would run
            2  the command line is wrong
        """);
}
