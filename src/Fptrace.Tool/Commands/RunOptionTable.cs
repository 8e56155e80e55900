using System.CommandLine;
using Fptrace.Manifests;
using Fptrace.Tracing;

namespace Fptrace.Commands;

/// <summary>The options of <c>fptrace run</c> and how they and a configuration become <see cref="RunOptions"/>.</summary>
internal sealed class RunOptionTable : OptionTable
{
    private readonly Option<string?> _manifest = Text("--manifest");
    private readonly Option<string?> _root = Text("--root");
    private readonly Option<string?> _forgetAfter = Text("--forget-after");
    private readonly Option<string[]> _ignore = Texts("--ignore");
    private readonly Option<string[]> _ignoreListing = Texts("--ignore-listing");
    private readonly Option<bool> _noDefaultIgnore = Flag("--no-default-ignore");
    private readonly Option<string[]> _environment = Texts("--env");
    private readonly Option<string?> _environmentMode = Text("--env-mode");
    private readonly Option<string[]> _environmentIgnore = Texts("--env-ignore");
    private readonly Option<string[]> _environmentPass = Texts("--env-pass");
    private readonly Option<string?> _servers = Text("--servers");
    private readonly Option<string[]> _extra = Texts("--extra");
    private readonly Option<string?> _commandText = Text("--command-text");
    private readonly Option<bool> _allowNetwork = Flag("--allow-network");
    private readonly Option<bool> _force = Flag("--force");
    private readonly Option<bool> _verify = Flag("--verify");
    private readonly Option<bool> _stdin = Flag("--stdin");
    private readonly Option<bool> _noStdin = Flag("--no-stdin");
    private readonly Option<bool> _noTerminal = Flag("--no-terminal");
    private readonly Option<bool> _quiet = Flag("--quiet", "-q");
    private readonly Option<string?> _survivors = Text("--survivors");
    private readonly Option<string?> _engine = Text("--engine");
    private readonly Option<string?> _processName = Text("--process-name");
    private readonly Option<bool> _noConfig = Flag("--no-config");
    private readonly Option<string?> _cache = OptionalText("--cache");
    private readonly Option<string?> _cacheMode = Text("--cache-mode");
    private readonly Option<bool> _cacheAnywhere = Flag("--cache-anywhere");
    private readonly Option<bool> _cacheIdempotent = Flag("--cache-idempotent");

    public RunOptionTable() => Register(
        _manifest, _root, _forgetAfter, _ignore, _ignoreListing, _noDefaultIgnore, _environment, _environmentMode, _environmentIgnore, _environmentPass,
        _servers, _extra, _commandText, _allowNetwork, _force, _verify, _stdin, _noStdin, _noTerminal, _quiet, _survivors, _engine, _processName,
        _noConfig,
        _cache, _cacheMode, _cacheAnywhere, _cacheIdempotent, Help);

    /// <param name="split">What <see cref="ArgumentSplitter"/> separated.</param>
    /// <param name="config">Finds and reads the configuration; called unless it is not wanted.</param>
    /// <exception cref="FptraceException">A value is wrong, or the configuration is.</exception>
    public RunOptions Parse(SplitArguments split, Func<ConfigFile?> config)
    {
        ParseResult result = Parse(split.Options);
        ConfigFile file = (result.GetValue(_noConfig) ? null : config()) ?? ConfigFile.Empty;
        var options = new RunOptions
        {
            Command = split.Command,
            CommandText = result.GetValue(_commandText),
            Manifest = result.GetValue(_manifest),
            Root = result.GetValue(_root) ?? file.Root,
            ForgetAfter = result.GetValue(_forgetAfter) is { } age ? Age.ParseOrNever(age, "--forget-after") : file.ForgetAfter,
            Ignore = [.. file.Ignore, .. result.GetValue(_ignore) ?? []],
            IgnoreListing = [.. file.IgnoreListing, .. result.GetValue(_ignoreListing) ?? []],
            NoDefaultIgnore = Flag(_noDefaultIgnore, file.NoDefaultIgnore),
            Environment = [.. file.Environment, .. result.GetValue(_environment) ?? []],
            EnvironmentMode = result.GetValue(_environmentMode) is { } mode ? ConfigFile.ParseEnvironmentMode(mode, "--env-mode") : file.EnvironmentMode,
            EnvironmentIgnore = [.. file.EnvironmentIgnore, .. result.GetValue(_environmentIgnore) ?? []],
            EnvironmentPass = [.. file.EnvironmentPass, .. result.GetValue(_environmentPass) ?? []],
            KeepServers = result.GetValue(_servers) is { } servers ? ConfigFile.ParseServers(servers, "--servers") : file.KeepServers,
            Extra = result.GetValue(_extra) ?? [],
            AllowNetwork = Flag(_allowNetwork, file.AllowNetwork),
            Force = result.GetValue(_force),
            Verify = result.GetValue(_verify),
            KeepInput = result.GetValue(_stdin),
            NoInput = result.GetValue(_noStdin),
            NoTerminal = result.GetValue(_noTerminal),
            Quiet = Flag(_quiet, file.Quiet),
            Survivors = Survivors(result.GetValue(_survivors) ?? "wait"),
            Engine = result.GetValue(_engine) ?? "auto",
            ProcessName = result.GetValue(_processName),
            Cache = Cache(result, file),
        };
        Check(options);
        return options;

        bool Flag(Option<bool> option, bool configured) => RunOptionTable.Flag(result, option, configured);
    }

    // What is said on the command line counts, be it true or false.
    private static bool Flag(ParseResult result, Option<bool> option, bool configured) =>
        result.GetResult(option) is null ? configured : result.GetValue(option);

    /// <summary>A cache is used if --cache or a mode asks for it, here or in the configuration.</summary>
    private CacheSettings Cache(ParseResult result, ConfigFile file)
    {
        bool wanted = result.GetResult(_cache) is not null || file.Cache || file.CacheMode is not null;
        string? mode = result.GetValue(_cacheMode) ?? file.CacheMode ?? (wanted ? "readwrite" : null);
        return mode is null
            ? CacheSettings.Off
            : new CacheSettings(
                result.GetValue(_cache) ?? file.CacheDirectory,
                CacheSettings.ParseMode(mode, "--cache-mode"),
                result.GetValue(_cacheAnywhere),
                Flag(result, _cacheIdempotent, file.CacheIdempotent));
    }

    private static SurvivorPolicy Survivors(string name) =>
        SurvivorNames.Parse(name, ofStep: true) ?? throw Usage.Error(SurvivorNames.Unknown(name, ofStep: true));

    private static void Check(RunOptions options)
    {
        if (options.Command.Count == 0 || options.Command[0].Length == 0)
        {
            throw Usage.Error("no command to run; write it after the options: fptrace run make");
        }

        if (options is { KeepInput: true, NoInput: true })
        {
            throw Usage.Error("--stdin and --no-stdin exclude each other; leave one of them out");
        }

        if (options.Engine is not ("auto" or "notify" or "ptrace" or "syscall"))
        {
            throw Usage.Error($"--engine does not know '{options.Engine}'; use auto, notify, ptrace or syscall");
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
                throw Usage.Error($"{option} takes the name of a variable, with a '*' at its end or none, not '{name}'");
            }
        }
    }
}
