using Fptrace.Linux.Headers;

namespace Fptrace.Commands;

/// <summary>The texts around the options in the help of each verb.</summary>
internal static class HelpPages
{
    public static HelpPage Trace { get; } = new(
        """
        fptrace records the processes that a command starts and the files that each of them reads and writes.

        Usage: fptrace [options] [--] command [arguments]
               fptrace run [options] [--] command [arguments]    run it unless nothing that it uses has changed
               fptrace list                                      the commands that run knows here
               fptrace check, fptrace explain                    would they run, and why?
               fptrace forget                                    run them again next time
               fptrace cache stats|verify|gc|clear               care for the cache of fptrace run --cache
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
        Where an ordinary user traces, no_new_privs is set: sudo and its like give no rights, and that is said.

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

    public static HelpPage Run { get; } = new(
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

        Examples
          fptrace run make
          fptrace run -- gcc -c hello.c
          fptrace run --env-ignore NOISE --ignore '*.log' -- ./build.sh
          fptrace explain -- make

        Exit codes
          that of the command, or 128+N if signal N killed it; otherwise as fptrace --help says
        """);

    public static HelpPage List { get; } = new(
        """
        fptrace list tells which commands fptrace run knows below the root: each with its state, its age, the size of what is
        known of it, and its directory.

        Usage: fptrace list [options]
        """,
        """
        The state is what fptrace check tells. The age is that of the last run, or of the last check that found it up to date.
        """);

    public static HelpPage Check { get; } = new(Checking, CheckNotes);

    public static HelpPage Explain { get; } = new(Checking, CheckNotes);

    public static HelpPage Forget { get; } = new(
        """
        fptrace forget removes manifests: their commands run again next time. Outputs and the cache stay as they are.

        Usage: fptrace forget MANIFEST...
               fptrace forget [--root DIR] -- COMMAND [ARGUMENT...]
               fptrace forget --older-than AGE [--root DIR]
               fptrace forget --all [--root DIR]
        """,
        """
        A command is meant in this directory, with whatever options it ran. What a command that runs now writes is left.
        fptrace run forgets by itself what was not used for 30 days; see --forget-after.
        """);

    public static HelpPage Cache { get; } = new(
        """
        fptrace cache cares for the cache that fptrace run --cache uses.

        Usage: fptrace cache stats|verify|gc|clear [options] [DIR]

          stats                what it holds, and how often it helped
          verify               read all of it and remove what is damaged; exit code 1 if anything was
          gc                   remove what was not used for longest, until the rest fits
          clear                remove everything

          DIR                  default: $XDG_CACHE_HOME/fptrace, or ~/.cache/fptrace
        """,
        "");

    public static HelpPage Completion { get; } = new(
        """
        fptrace completion prints a script by which a shell completes the verbs, options and values of fptrace.

        Usage: fptrace completion bash|zsh|fish
        """,
        """
        To have it in each new shell
          bash   echo 'eval "$(fptrace completion bash)"' >> ~/.bashrc
          zsh    echo 'eval "$(fptrace completion zsh)"' >> ~/.zshrc
          fish   fptrace completion fish > ~/.config/fish/completions/fptrace.fish
        """);

    public static HelpPage Help { get; } = new(
        """
        fptrace help tells about fptrace, or about one of its verbs.

        Usage: fptrace help [VERB]
        """,
        "");

    public static HelpPage Version { get; } = new(
        """
        fptrace version prints the version.

        Usage: fptrace version
        """,
        "");

    private const string Checking =
        """
        fptrace check tells whether commands are up to date, and the first reason against each; fptrace explain tells all reasons.

        Usage: fptrace check|explain [options] MANIFEST...
               fptrace check|explain [options] -- COMMAND [ARGUMENT...]
        """;

    private const string CheckNotes =
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
        """;
}
