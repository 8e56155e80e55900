using Fptrace.Commands.CommandLine;
using Fptrace.Commands.Steps;
using Fptrace.Steps;
using Fptrace.Tracing.Plan;

namespace Fptrace.Commands.Run;

/// <summary>The options of <c>fptrace run</c>. Makes <see cref="RunOptions"/> of them and of a configuration.</summary>
internal sealed class RunOptionTable : OptionTable
{
    private readonly TextOption _manifest = Text("--manifest", "FILE",
        "what is known of the step (default: .fptrace/KEY.json below the root)");
    private readonly TextOption _root = Text("--root", "DIR",
        "paths below it are stored relative to it (default: the git top level, or this directory)");
    private readonly TextOption _forgetAfter = Text("--forget-after", "AGE", """
        remove manifests in .fptrace that were not used for so long, such as 12h, 30d or 8w; or never
        (default: 30d); see fptrace forget --help
        """);
    private readonly ListOption _ignore = Texts("--ignore", "GLOB", """
        neither input nor output; repeatable. Without a slash it is a name at any depth.
        '~/' and '$HOME/' at its start are the home directory
        """);
    private readonly ListOption _ignoreListing = Texts("--ignore-listing", "DIR",
        "the names in that directory do not count when it is listed; '..': in all above the root");
    private readonly FlagOption _noDefaultIgnore = Flag("--no-default-ignore",
        "what known tools leave for themselves counts, too (docs/ignored.md has the list)");
    private readonly ChoiceOption _environmentMode = Choice("--env-mode", "MODE", EnvironmentModes.Names, """
        which variables of the environment count: all (default), less what a session sets for itself;
        strict: the command gets only those of --env; listed: the usual ones and those of --env (unsound)
        """);
    private readonly ListOption _environment = Texts("--env", "NAME",
        "a variable that counts with its whole value in each mode; 'NAME*' for all that begin so; repeatable");
    private readonly ListOption _environmentIgnore = Texts("--env-ignore", "NAME",
        "a variable that does not count in mode all; repeatable");
    private readonly ListOption _environmentPass = Texts("--env-pass", "NAME",
        "a variable that the command gets in mode strict and that does not count (unsound); repeatable");
    private readonly ChoiceOption _servers = Choice("--servers", "WHAT", ConfigFile.Servers, """
        none (default): the environment tells known tools to leave no servers behind, to use none and to
        send no reports, such as MSBuild, Gradle, Nx, git (docs/servers.md has the list); keep: it does not
        """);
    private readonly ListOption _extra = Texts("--extra", "TEXT", "makes it another step; repeatable");
    private readonly TextOption _commandText = Text("--command-text", "TEXT",
        "identifies the step, in place of the command's words");
    private readonly FlagOption _allowNetwork = Flag("--allow-network",
        "use of the network is no reason to run again each time");
    private readonly FlagOption _noConfig = Flag("--no-config", """
        do not read fptrace.json, which may set root, ignore, ignore-listing, no-default-ignore,
        env, env-mode, env-ignore, env-pass, servers, allow-network, quiet, cache, cache-mode,
        cache-idempotent and forget-after
        """);
    private readonly TextOption _cache = OptionalText("--cache", "DIR", """
        restore outputs that an earlier run made of the same inputs, and keep those of this one
        (default: $XDG_CACHE_HOME/fptrace, or ~/.cache/fptrace); see fptrace cache --help
        """);
    private readonly ChoiceOption _cacheMode = Choice("--cache-mode", "MODE", CacheSettings.Modes,
        "readwrite, read, write or off");
    private readonly FlagOption _cacheAnywhere = Flag("--cache-anywhere",
        "share results among trees at different places, although outputs may hold the path of one");
    private readonly FlagOption _cacheIdempotent = Flag("--cache-idempotent", """
        the command does nothing more where it finds its own work done, as make: what it reads and then
        replaces may be as an earlier run of it left that
        """);
    private readonly FlagOption _force = Flag("--force", "run it in any case");
    private readonly FlagOption _verify = Flag("--verify",
        "run it twice and tell which outputs differ; exit code 1 if any does");
    private readonly FlagOption _stdin = Flag("--stdin",
        "hand on the standard input whatever it is; then the command runs each time");
    private readonly FlagOption _noStdin = Flag("--no-stdin",
        "the command gets /dev/null, though the standard input is a file");
    private readonly FlagOption _noTerminal = Flag("--no-terminal",
        "the command gets pipes, as in CI, though there is a terminal");
    private readonly ChoiceOption _survivors = Choice("--survivors", "WHAT", SurvivorNames.OfStep, """
        processes that outlive the command's first one: wait for them, kill them, let them linger, or
        detach: wait while they hold its output, at most 30 seconds, then let them linger;
        after the last three the command runs again next time (default: wait)
        """);
    private readonly ChoiceOption _engine = Choice("--engine", "NAME", EngineName.All,
        "auto, notify, fast, ptrace or syscall (default: auto)");
    private readonly TextOption _processName = Text("--process-name", "NAME",
        "what ps calls the tool, so that who ends it names the command");
    private readonly FlagOption _quiet = Flag("--quiet", "no line on stderr but errors", "-q");

    public RunOptionTable()
        : base("run")
    {
        Register("Where", _manifest, _root, _forgetAfter);
        Register(
            "What counts", _ignore, _ignoreListing, _noDefaultIgnore, _environmentMode, _environment,
            _environmentIgnore, _environmentPass, _servers, _extra,
            _commandText, _allowNetwork, _noConfig);
        Register("The cache", _cache, _cacheMode, _cacheAnywhere, _cacheIdempotent);
        Register("How", _force, _verify, _stdin, _noStdin, _noTerminal, _survivors, _engine, _processName,
            _quiet, Help);
    }

    /// <summary>Whether <c>--cache</c> was given without a directory.</summary>
    public bool HasBareCache(SplitArguments split) => split.Options.Contains(_cache.Name);

    /// <param name="split">What <see cref="ArgumentSplitter"/> separated.</param>
    /// <param name="config">Finds and reads the configuration. Not called with --no-config.</param>
    /// <exception cref="FptraceException">A value or the configuration is wrong.</exception>
    public RunOptions Parse(SplitArguments split, Func<ConfigFile?> config)
    {
        ParsedOptions result = Parse(split.Options);
        ConfigFile file = (result.GetValue(_noConfig) ? null : config()) ?? ConfigFile.Empty;
        var options = new RunOptions
        {
            Command = split.Command,
            CommandText = result.GetValue(_commandText),
            Manifest = result.GetValue(_manifest),
            Root = result.GetValue(_root) ?? file.Root,
            ForgetAfter = result.GetValue(_forgetAfter) is { } age
                ? Age.ParseOrNever(age, "--forget-after")
                : file.ForgetAfter,
            Ignore = [.. file.Ignore, .. result.GetValue(_ignore)],
            IgnoreListing = [.. file.IgnoreListing, .. result.GetValue(_ignoreListing)],
            NoDefaultIgnore = Flag(_noDefaultIgnore, file.NoDefaultIgnore),
            Environment = [.. file.Environment, .. result.GetValue(_environment)],
            EnvironmentMode = result.GetValue(_environmentMode) is { } mode
                ? ConfigFile.ParseEnvironmentMode(mode, "--env-mode")
                : file.EnvironmentMode,
            EnvironmentIgnore = [.. file.EnvironmentIgnore, .. result.GetValue(_environmentIgnore)],
            EnvironmentPass = [.. file.EnvironmentPass, .. result.GetValue(_environmentPass)],
            KeepServers = result.GetValue(_servers) is { } servers ? servers == "keep" : file.KeepServers,
            Extra = result.GetValue(_extra),
            AllowNetwork = Flag(_allowNetwork, file.AllowNetwork),
            Force = result.GetValue(_force),
            Verify = result.GetValue(_verify),
            KeepInput = result.GetValue(_stdin),
            NoInput = result.GetValue(_noStdin),
            NoTerminal = result.GetValue(_noTerminal),
            Quiet = Flag(_quiet, file.Quiet),
            Survivors = SurvivorNames.Parse(result.GetValue(_survivors) ?? "wait"),
            Engine = result.GetValue(_engine) ?? "auto",
            ProcessName = result.GetValue(_processName),
            Cache = Cache(result, file),
        };
        Check(options);
        return options;

        bool Flag(FlagOption option, bool configured) => RunOptionTable.Flag(result, option, configured);
    }

    // The command line overrides the configuration, whether it says true or false.
    private static bool Flag(ParsedOptions result, FlagOption option, bool configured) =>
        !result.Has(option) ? configured : result.GetValue(option);

    /// <summary>
    /// The cache is used if --cache or a mode asks for it, on the command line or in the configuration.
    /// </summary>
    private CacheSettings Cache(ParsedOptions result, ConfigFile file)
    {
        bool wanted = result.Has(_cache) || file.Cache || file.CacheMode is not null;
        string? mode = result.GetValue(_cacheMode) ?? file.CacheMode ?? (wanted ? "readwrite" : null);
        return mode is null
            ? CacheSettings.Off
            : new CacheSettings(
                result.GetValue(_cache) ?? file.CacheDirectory,
                CacheSettings.ParseMode(mode, "--cache-mode"),
                result.GetValue(_cacheAnywhere),
                Flag(result, _cacheIdempotent, file.CacheIdempotent));
    }

    private static void Check(RunOptions options)
    {
        if (options.Command.Count == 0 || options.Command[0].Length == 0)
        {
            throw Usage.Error(
                "no command to run; write it after the options: fptrace run make; see fptrace run --help");
        }

        if (options is { KeepInput: true, NoInput: true })
        {
            throw Usage.Error("--stdin and --no-stdin exclude each other; leave one of them out");
        }

        CheckNames(options.Environment, "--env");
        CheckNames(options.EnvironmentIgnore, "--env-ignore");
        CheckNames(options.EnvironmentPass, "--env-pass");
    }

    private static void CheckNames(IReadOnlyList<string> names, string option)
    {
        foreach (string name in names)
        {
            if (!TrackedEnvironment.IsValidName(name))
            {
                throw Usage.Error(
                    $"{option} takes the name of a variable, with a '*' at its end or none, not '{name}'");
            }
        }
    }
}
