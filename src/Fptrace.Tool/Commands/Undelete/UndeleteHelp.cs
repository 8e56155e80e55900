namespace Fptrace.Commands.Undelete;

/// <summary>The help of <c>fptrace undelete</c>.</summary>
internal static class UndeleteHelp
{
    public static HelpPage Page { get; } = new(
        """
        fptrace undelete puts back what a command removed or replaced under fptrace -u.

        Usage: fptrace undelete [--list] DIR [PATH...]
        """,
        """
        DIR is the directory that fptrace -u names on stderr and in the full trace, or its last component.
        Without PATH everything is meant; otherwise these names and what was below them.
        If the command removed a name several times, the last file of that name is put back.
        Where something exists, it is left as it is. The exit code is 1 if a name was not put back.
        What was put back is kept no more; remove DIR when you need the rest no more.
        """);
}
