using System.Reflection;

namespace Fptrace.Commands;

/// <summary>What <c>--help</c> and <c>--version</c> print.</summary>
internal static class HelpText
{
    /// <summary>The version of the package, and the commit that it was made of where that is known.</summary>
    public static string Version => "fptrace " + VersionOf(
        typeof(HelpText).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion);

    public const string Text =
        """
        fptrace records the processes that a command starts and the files that each of them reads and writes.

        Usage: fptrace [options] [--] command [arguments]
               fptrace run [options] [--] command [arguments]    run it unless nothing that it uses has changed
               fptrace check MANIFEST, fptrace explain MANIFEST  would it run, and why?
               fptrace cache stats|verify|gc|clear               care for the cache of fptrace run --cache
               fptrace forget MANIFEST...|--older-than AGE|--all run them again next time

        Options take one or two dashes, and their value after '=' or as the next word.
        The first word that is no option starts the command; 'fptrace -- run' traces a command called run.
        fptrace run --help tells about it; likewise check, explain, cache and forget.

        What to write
          -d FILE              dependencies as JSON, one object per execution
            -do                only executions that have outputs
            -dn NAME           only executions of this path or base name; repeatable
          -s DIR               launcher scripts, one per execution
            -rm                empty DIR first
          -t FILE              events as text, for people
          -o, --output FILE    the full trace as JSON, one record per line

        What to record
          -e                   the environment too: Env in JSON, export lines in scripts
          --probes             failed lookups and directory listings too
          --no-stdio           no reads and writes of descriptors 0 to 2

        How to trace
          -u                   undelete: let the command delete nothing
          --engine NAME        auto, notify, ptrace or syscall (default: auto)
          -seccomp=false       the same as --engine syscall: trace without seccomp
          --allow-io-uring     let io_uring through; its accesses are unseen and the trace is incomplete
          --survivors WHAT     processes that outlive the command's first: wait for them (default), kill them, or
                               linger: write the results and return, while fptrace goes on answering for them
          --untraced-fallback  where tracing is denied, run the command all the same and write nothing

        Other
          -v, --verbose        tell on stderr whether the trace is complete
          -q, --quiet          no line on stderr but errors
          -h, --help           this text
          --version            the version
          -kernel, -tracee     accepted and ignored

        Examples
          fptrace -d deps.json make
          fptrace -d /dev/stdout sh -c 'echo a > a; cat a | tee b'
          fptrace -s scripts -rm -e -- ./build.sh

        Exit codes
          that of the command, or 128+N if signal N killed it; otherwise:
            2  the command line is wrong
          123  an output cannot be written
          124  the kernel or a sandbox denies tracing
          125  fptrace itself failed
          126  the command cannot be executed
          127  the command was not found

        """;

    /// <remarks>Twelve digits tell a commit, as many as git itself shows of the largest histories.</remarks>
    internal static string VersionOf(string informational) => informational.IndexOf('+', StringComparison.Ordinal) is >= 0 and var plus
        ? informational[..Math.Min(informational.Length, plus + 13)]
        : informational;
}
