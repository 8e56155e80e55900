using System.CommandLine;
using System.CommandLine.Parsing;
using Fptrace.Tracing;

namespace Fptrace.Commands;

/// <summary>The options of fptrace, their values' checks and how they become <see cref="TraceOptions"/>.</summary>
internal sealed class OptionSet : OptionTable
{
    private readonly Option<string?> _deps = Text("-d");
    private readonly Option<bool> _depsWithOutputs = Flag("-do");
    private readonly Option<string[]> _depsNames = Texts("-dn");
    private readonly Option<string?> _scripts = Text("-s");
    private readonly Option<bool> _emptyScripts = Flag("-rm");
    private readonly Option<string?> _events = Text("-t");
    private readonly Option<string?> _output = Text("--output", "-o");
    private readonly Option<bool> _environment = Flag("-e");
    private readonly Option<bool> _undelete = Flag("-u");
    private readonly Option<bool> _probes = Flag("--probes");
    private readonly Option<bool> _noStdio = Flag("--no-stdio");
    private readonly Option<string?> _engine = Text("--engine");
    private readonly Option<bool> _seccomp = Flag("-seccomp");
    private readonly Option<bool> _allowIoUring = Flag("--allow-io-uring");
    private readonly Option<SurvivorPolicy?> _survivors = Value<SurvivorPolicy?>("--survivors");
    private readonly Option<bool> _untracedFallback = Flag("--untraced-fallback");
    private readonly Option<bool> _verbose = Flag("--verbose", "-v");
    private readonly Option<bool> _quiet = Flag("--quiet", "-q");
    private readonly Option<string?> _kernel = Text("-kernel");
    private readonly Option<string?> _tracee = Text("-tracee");

    public OptionSet()
    {
        _engine.CustomParser = Engine;
        _survivors.CustomParser = Survivors;
        _kernel.CustomParser = KernelRelease;
        _seccomp.DefaultValueFactory = _ => true;
        Option[] all =
        [
            _deps, _depsWithOutputs, _depsNames, _scripts, _emptyScripts, _events, _output, _environment, _undelete, _probes,
            _noStdio, _engine, _seccomp, _allowIoUring, _survivors, _untracedFallback, _verbose, _quiet, _kernel, _tracee, Help, Version,
        ];
        Register(all);
    }

    public Option<bool> Version { get; } = Flag("--version");

    /// <summary>Parses what <see cref="ArgumentSplitter"/> separated; notes about ignored options go to <paramref name="err"/>.</summary>
    /// <exception cref="FptraceException">A value is wrong, or options contradict each other.</exception>
    public TraceOptions Parse(SplitArguments split, TextWriter err)
    {
        ParseResult result = Parse(split.Options);
        string[] names = result.GetValue(_depsNames) ?? [];
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
            EventsFile = result.GetValue(_events),
            OutputFile = result.GetValue(_output),
            Probes = result.GetValue(_probes),
            Stdio = !result.GetValue(_noStdio),
            AllowIoUring = result.GetValue(_allowIoUring),
            Engine = ChooseEngine(result),
            Survivors = result.GetValue(_survivors) ?? SurvivorPolicy.Wait,
            UntracedFallback = result.GetValue(_untracedFallback),
            Verbose = result.GetValue(_verbose),
            Quiet = result.GetValue(_quiet),
        };
        Check(options);
        NoteIgnored(result, err);
        return options;
    }

    private static void Check(TraceOptions options)
    {
        if (options.Command.Count == 0)
        {
            throw Usage.Error("no command to trace; write it after the options: fptrace -d deps.json make");
        }

        if (options.Command[0].Length == 0)
        {
            throw Usage.Error("the command's name is empty; write it after the options: fptrace -d deps.json make");
        }

        if (options.DepsFile is null && (options.DepsWithOutputs || options.DepsNames.Count > 0))
        {
            throw Usage.Error($"{(options.DepsWithOutputs ? "-do" : "-dn")} filters deps.json and needs -d FILE");
        }

        if (options.ScriptsDirectory is null && options.EmptyScriptsDirectory)
        {
            throw Usage.Error("-rm empties the scripts directory and needs -s DIR");
        }
    }

    private string ChooseEngine(ParseResult result)
    {
        string engine = result.GetValue(_engine) ?? "auto";
        if (result.GetValue(_seccomp))
        {
            return engine;
        }

        return engine is "auto" or "syscall"
            ? "syscall"
            : throw Usage.Error($"-seccomp=false contradicts --engine {engine}; leave one of them out");
    }

    private void NoteIgnored(ParseResult result, TextWriter err)
    {
        if (result.GetResult(_kernel) is not null)
        {
            err.WriteLine("fptrace: note: -kernel is ignored: fptrace asks the running kernel what it can do");
        }

        if (result.GetResult(_tracee) is not null)
        {
            err.WriteLine("fptrace: note: -tracee is ignored: fptrace has no separate tracee executable");
        }
    }

    private static string? Engine(ArgumentResult result)
    {
        string text = result.Tokens[^1].Value;
        if (text is not ("auto" or "notify" or "ptrace" or "syscall"))
        {
            result.AddError($"--engine does not know '{text}'; use auto, notify, ptrace or syscall");
        }

        return text;
    }

    private static SurvivorPolicy? Survivors(ArgumentResult result)
    {
        string text = result.Tokens[^1].Value;
        SurvivorPolicy? policy = SurvivorNames.Parse(text, ofStep: false);
        if (policy is null)
        {
            result.AddError(SurvivorNames.Unknown(text, ofStep: false));
        }

        return policy;
    }

    /// <summary>N.N, and whatever <c>uname -r</c> appends to it.</summary>
    private static string? KernelRelease(ArgumentResult result)
    {
        string text = result.Tokens[^1].Value;
        int dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot < 1 || text.AsSpan(0, dot).ContainsAnyExceptInRange('0', '9') || dot + 1 == text.Length || !char.IsAsciiDigit(text[dot + 1]))
        {
            result.AddError($"-kernel needs a release such as 4.8, not '{text}'");
        }

        return text;
    }
}
