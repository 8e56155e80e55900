namespace Fptrace.Commands;

/// <summary>What <c>fptrace run --help</c> prints.</summary>
internal static class RunHelp
{
    public const string Text =
        """
        fptrace run runs a command unless nothing that it used has changed since it last ran: then it prints what the command
        printed and exits as it did. What the command uses is observed; nothing is declared.

        Usage: fptrace run [options] [--] command [arguments]

        Where
          --manifest FILE      what is known of the step (default: .fptrace/KEY.json below the root)
          --root DIR           paths below it are stored relative to it (default: the git top level, or this directory)
          --forget-after AGE   remove manifests in .fptrace that were not used for so long, such as 12h, 30d or 8w; or never
                               (default: 30d); see fptrace forget --help

        What counts
          --ignore GLOB        neither input nor output; repeatable. Without a slash it is a name at any depth
                               '~/' and '$HOME/' at its start are the home directory
          --ignore-listing DIR the names in that directory do not count when it is listed; '..': in all above the root
          --no-default-ignore  what known tools leave for themselves counts, too (docs/ignored.md has the list)
          --env-mode MODE      which variables of the environment count: all (default), less what a session sets for itself;
                               strict: the command gets only those of --env; listed: the usual ones and those of --env (unsound)
          --env NAME           a variable that counts with its whole value in each mode; 'NAME*' for all that begin so; repeatable
          --env-ignore NAME    a variable that does not count in mode all; repeatable
          --env-pass NAME      a variable that the command gets in mode strict and that does not count (unsound); repeatable
          --servers WHAT       none (default): the environment tells known tools to leave no servers behind, to use none and to
                               send no reports, such as MSBuild, Gradle, Nx, git (docs/servers.md has the list); keep: it does not
          --extra TEXT         makes it another step; repeatable
          --command-text TEXT  identifies the step, in place of the command's words
          --allow-network      use of the network is no reason to run again each time
          --no-config          do not read fptrace.json, which may set root, ignore, ignore-listing, no-default-ignore,
                               env, env-mode, env-ignore, env-pass, servers, allow-network, quiet, cache, cache-mode, cache-idempotent and
                               forget-after

        The cache
          --cache[=DIR]        restore outputs that an earlier run made of the same inputs, and keep those of this one
                               (default: $XDG_CACHE_HOME/fptrace, or ~/.cache/fptrace); see fptrace cache --help
          --cache-mode MODE    readwrite, read, write or off
          --cache-anywhere     share results among trees at different places, although outputs may hold the path of one
          --cache-idempotent   the command does nothing more where it finds its own work done, as make: what it reads and then
                               replaces may be as an earlier run of it left that

        How
          --force              run it in any case
          --verify             run it twice and tell which outputs differ; exit code 1 if any does
          --stdin              hand on the standard input whatever it is; then the command runs each time
          --no-stdin           the command gets /dev/null, though the standard input is a file
          --no-terminal        the command gets pipes, as in CI, though there is a terminal
          --survivors WHAT     processes that outlive the command's first one: wait for them, kill them, let them linger, or
                               detach: wait while they hold its output, at most 30 seconds, then let them linger;
                               after the last three the command runs again next time (default: wait)
          --engine NAME        auto, notify, ptrace or syscall (default: auto)
          --process-name NAME  what ps calls the tool, so that who ends it names the command
          -q, --quiet          no line on stderr but errors
          -h, --help           this text

        A standard input that is a file is the command's, and counts; a terminal is, too; otherwise it gets /dev/null. Of stdout
        and stderr it gets files, terminals and devices as they are, and a pipe in place of a pipe, a socket or /dev/null.
        A step is run by one fptrace at a time: a second one waits, and most likely finds it up to date. Inside a command that
        fptrace traces it runs its command as a part of that one.
        A command that fails, uses the network, cannot be seen completely, or whose inputs change while it runs, runs again next time.

        Examples
          fptrace run make
          fptrace run -- gcc -c hello.c
          fptrace run --env-ignore NOISE --ignore '*.log' -- ./build.sh
          fptrace explain .fptrace/*.json

        Exit codes
          that of the command, or 128+N if signal N killed it; otherwise as fptrace --help says

        """;
}
