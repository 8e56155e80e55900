using Fptrace.Commands.CommandLine;
using Fptrace.Tracing.Plan;

namespace Fptrace.Commands.Trace;

/// <summary>The options of tracing. Checks their values and makes <see cref="TraceOptions"/> of them.</summary>
internal sealed class TraceOptionTable : OptionTable
{
    private readonly TextOption _deps = Text("-d", "FILE",
        "dependencies as JSON, one object per execution; - is stdout");
    private readonly FlagOption _depsWithOutputs = Flag("-do", "in it only executions that have outputs");
    private readonly ListOption _depsNames = Texts("-dn", "NAME",
        "in it only executions of this path or base name; repeatable");
    private readonly TextOption _scripts = Text("-s", "DIR", "launcher scripts, one per execution");
    private readonly FlagOption _emptyScripts = Flag("-rm", "empty that directory first");
    private readonly TextOption _events = Text("-t", "FILE", "events as text, for people; - is stdout");
    private readonly TextOption _output = Text("--output", "FILE",
        "the full trace as JSON, one record per line; - is stdout", "-o");
    private readonly FlagOption _environment = Flag("-e", "the environment too: Env in JSON, env -i in scripts");
    private readonly FlagOption _probes = Flag("--probes", "failed lookups and directory listings too");
    private readonly FlagOption _noStdio = Flag("--no-stdio", "no reads and writes of descriptors 0 to 2");
    private readonly FlagOption _undelete = Flag("-u",
        "undelete: keep what the command removes or replaces, for fptrace undelete");
    private readonly TextOption _undeleteDirectory = Text("--undelete-dir", "DIR",
        "where -u keeps it (default: $XDG_STATE_HOME/fptrace/undeleted, or below ~/.local/state)");
    private readonly ChoiceOption _engine = Choice("--engine", "NAME", EngineName.All,
        "auto, notify, fast, ptrace or syscall (default: auto)");
    private readonly FlagOption _seccomp = Flag("-seccomp",
        "-seccomp=false is the same as --engine syscall: trace without seccomp");
    private readonly FlagOption _allowIoUring = Flag("--allow-io-uring",
        "let io_uring through; its accesses are unseen and the trace is incomplete");
    private readonly ChoiceOption _survivors = Choice("--survivors", "WHAT", SurvivorNames.OfTrace, """
        processes that outlive the command's first: wait for them (default), kill them, or
        linger: write the results and return, while fptrace goes on answering for them
        """);
    private readonly FlagOption _untracedFallback = Flag("--untraced-fallback",
        "where tracing is denied, run the command all the same and write nothing");
    private readonly FlagOption _requireComplete = Flag("--require-complete",
        "exit with 122 if the trace lacks file accesses");
    private readonly FlagOption _verbose = Flag("--verbose", "tell on stderr whether the trace is complete", "-v");
    private readonly FlagOption _quiet = Flag("--quiet", "no line on stderr but errors", "-q");
    private readonly TextOption _kernel = new("-kernel", OptionValue.Required)
    {
        HelpName = "RELEASE",
        Description = "accepted and ignored",
        Fault = FaultOfRelease,
    };

    private readonly TextOption _tracee = Text("-tracee", "PATH", "accepted and ignored");

    public TraceOptionTable()
        : base("")
    {
        Register("What to write", _deps, _depsWithOutputs, _depsNames, _scripts, _emptyScripts, _events, _output);
        Register("What to record", _environment, _probes, _noStdio);
        Register("How to trace", _undelete, _undeleteDirectory, _engine, _seccomp, _allowIoUring, _survivors,
            _requireComplete, _untracedFallback);
        Register("Other", _verbose, _quiet, Help, Version, _kernel, _tracee);
    }

    public FlagOption Version { get; } = Flag("--version",
        "the version; with --verbose what fptrace doctor tells");

    public bool AsksForVersion(SplitArguments split) => split.Options.Contains(Version.Name + "=true");

    public bool IsVerbose(SplitArguments split) => split.Options.Contains(_verbose.Name + "=true");

    /// <summary>Parses what <see cref="ArgumentSplitter"/> separated.</summary>
    /// <exception cref="FptraceException">A value is wrong, or options contradict each other.</exception>
    public TraceOptions Parse(SplitArguments split)
    {
        ParsedOptions result = Parse(split.Options);
        IReadOnlyList<string> names = result.GetValue(_depsNames);
        var options = new TraceOptions
        {
            Command = split.Command,
            DepsFile = result.GetValue(_deps),
            DepsWithOutputs = result.GetValue(_depsWithOutputs),
            DepsNames = names,
            ScriptsDirectory = result.GetValue(_scripts),
            EmptyScriptsDirectory = result.GetValue(_emptyScripts),
            Environment = result.GetValue(_environment),
            Undelete = result.GetValue(_undelete),
            UndeleteDirectory = result.GetValue(_undeleteDirectory),
            EventsFile = result.GetValue(_events),
            OutputFile = result.GetValue(_output),
            Probes = result.GetValue(_probes),
            Stdio = !result.GetValue(_noStdio),
            AllowIoUring = result.GetValue(_allowIoUring),
            Engine = ChooseEngine(result),
            Survivors = SurvivorNames.Parse(result.GetValue(_survivors) ?? "wait"),
            UntracedFallback = result.GetValue(_untracedFallback),
            RequireComplete = result.GetValue(_requireComplete),
            Verbose = result.GetValue(_verbose),
            Quiet = result.GetValue(_quiet),
            Notes = [.. Ignored(result)],
        };
        Check(options);
        return options;
    }

    private static void Check(TraceOptions options)
    {
        if (options.Command.Count == 0)
        {
            throw Usage.Error(
                "no command to trace; write it after the options: fptrace -d deps.json make; see fptrace --help");
        }

        if (options.Command[0].Length == 0)
        {
            throw Usage.Error("the command's name is empty; write it after the options: fptrace -d deps.json make");
        }

        if (options.DepsFile is null && (options.DepsWithOutputs || options.DepsNames.Count > 0))
        {
            throw Usage.Error($"{(options.DepsWithOutputs ? "-do" : "-dn")} filters deps.json and needs -d FILE");
        }

        if (options.UndeleteDirectory is not null && !options.Undelete)
        {
            throw Usage.Error("--undelete-dir says where -u keeps files and needs -u");
        }

        if (options.RequireComplete && options.UntracedFallback)
        {
            throw Usage.Error("--require-complete contradicts --untraced-fallback; leave one of them out");
        }

        if (options.ScriptsDirectory == "-")
        {
            throw Usage.Error(
                "-s writes files into a directory and not to stdout; name one, or ./- for one that is called so");
        }

        if (options.ScriptsDirectory is null && options.EmptyScriptsDirectory)
        {
            throw Usage.Error("-rm empties the scripts directory and needs -s DIR");
        }
    }

    private string ChooseEngine(ParsedOptions result)
    {
        string engine = result.GetValue(_engine) ?? "auto";
        if (!result.Has(_seccomp) || result.GetValue(_seccomp))
        {
            return engine;
        }

        return engine is "auto" or "syscall"
            ? "syscall"
            : throw Usage.Error($"-seccomp=false contradicts --engine {engine}; leave one of them out");
    }

    private IEnumerable<string> Ignored(ParsedOptions result)
    {
        if (result.Has(_kernel))
        {
            yield return "note: -kernel is ignored: fptrace asks the running kernel what it can do";
        }

        if (result.Has(_tracee))
        {
            yield return "note: -tracee is ignored: fptrace has no separate tracee executable";
        }
    }

    /// <summary>Checks for a kernel release: N.N, followed by whatever <c>uname -r</c> appends.</summary>
    private static string? FaultOfRelease(string text)
    {
        int dot = text.IndexOf('.', StringComparison.Ordinal);
        bool isRelease = dot > 0 && !text.AsSpan(0, dot).ContainsAnyExceptInRange('0', '9')
            && dot + 1 < text.Length && char.IsAsciiDigit(text[dot + 1]);
        return isRelease ? null : $"-kernel needs a release such as 4.8, not '{text}'";
    }
}
