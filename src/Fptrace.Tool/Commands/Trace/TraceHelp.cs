namespace Fptrace.Commands.Trace;

/// <summary>The help of tracing.</summary>
internal static class TraceHelp
{
    public static HelpPage Page { get; } = new(
        """
        fptrace records the processes that a command starts and the files that each of them reads and writes.

        Usage: fptrace [options] [--] command [arguments]
               fptrace run [options] [--] command [arguments]    run it unless nothing that it uses has changed
               fptrace list                                      the commands that run knows here
               fptrace check, fptrace explain                    would they run, and why?
               fptrace forget                                    run them again next time
               fptrace cache stats|verify|gc|clear               care for the cache of fptrace run --cache
               fptrace undelete DIR                              put back what -u kept in DIR
               fptrace doctor                                    does tracing work here, and what is missing?
               fptrace completion bash|zsh|fish                  a script that completes command lines
               fptrace help [VERB], fptrace version

        Options take one or two dashes, and their value after '=' or as the next word.
        The first word that is no option starts the command; 'fptrace -- run' traces a command called run.
        From a tool manifest it is 'dotnet fptrace OPTIONS -- COMMAND': options stand before '--'.
        fptrace run --help tells about it; likewise each other verb.
        """,
        """
        With nothing to write, it prints a summary at a terminal. FILE - is stdout, where the command prints, too.
        Its own lines go to stderr, once the command has ended.
        Where an ordinary user traces, no_new_privs is set: sudo and its like give no rights, and that is said. With
        --engine syscall it is not set: they keep their rights and run untraced, and that is said.

        Examples
          fptrace -d deps.json make
          fptrace -d - sh -c 'echo a > a; cat a | tee b'
          fptrace -s scripts -rm -e -- ./build.sh

        Exit codes
          that of the command, or 128+N if signal N killed it; otherwise:
            2  the command line is wrong
          122  the trace lacks file accesses, with --require-complete
          123  an output cannot be written
          124  the kernel or a sandbox denies tracing
          125  fptrace itself failed
          126  the command cannot be executed
          127  the command was not found
        """);
}
