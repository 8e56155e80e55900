namespace Fptrace.Commands.Run;

/// <summary>The help of <c>fptrace run</c>.</summary>
internal static class RunHelp
{
    public static HelpPage Page { get; } = new(
        """
        fptrace run runs a command unless nothing that it used has changed since it last ran: then it prints what the command
        printed and exits as it did. What the command uses is observed; nothing is declared.

        Usage: fptrace run [options] [--] command [arguments]
        """,
        """
        A standard input that is a file is the command's, and counts; a terminal is, too; otherwise it gets /dev/null. Of stdout
        and stderr it gets files, terminals and devices as they are, and a pipe in place of a pipe, a socket or /dev/null.
        A step is run by one fptrace at a time: a second one waits, and most likely finds it up to date. Inside a command that
        fptrace traces it runs its command as a part of that one.
        A command that fails, uses the network, cannot be seen completely, or whose inputs change while it runs, runs again next time.
        Where an ordinary user runs it, no_new_privs is set: sudo and its like give no rights, and it runs again next time.
        With --engine syscall it is not set: they keep their rights and run untraced, and it runs again next time.

        Examples
          fptrace run make
          fptrace run -- gcc -c hello.c
          fptrace run --env-ignore NOISE --ignore '*.log' -- ./build.sh
          fptrace explain -- make

        Exit codes
          that of the command, or 128+N if signal N killed it; otherwise as fptrace --help says
        """);
}
