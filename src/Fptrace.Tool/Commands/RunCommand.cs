using System.Text;
using Fptrace.Caching;
using Fptrace.Interop;
using Fptrace.Manifests;
using Fptrace.Model;
using Fptrace.Tracing;

namespace Fptrace.Commands;

/// <summary><c>fptrace run [options] -- command</c>: runs a command unless nothing that it uses has changed since it last ran.</summary>
internal static class RunCommand
{
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(2);

    /// <param name="args">What follows the verb.</param>
    /// <param name="output">stdout, for help.</param>
    /// <param name="err">stderr.</param>
    /// <returns>The command's exit status, also when it is replayed.</returns>
    /// <exception cref="FptraceException">The command line is wrong, or the command could not be run.</exception>
    public static int Run(IReadOnlyList<string> args, TextWriter output, TextWriter err)
    {
        var table = new RunOptionTable();
        SplitArguments split = ArgumentSplitter.Split(args, table.ByName);
        if (split.Options.Contains(table.Help.Name + "=true"))
        {
            output.Write(RunHelp.Text);
            return 0;
        }

        var directory = new ByteString(OwnProcess.WorkingDirectory());
        RunOptions options = table.Parse(split, () => ConfigFile.Find(directory.ToString()));
        return Run(options, directory, err);
    }

    private static int Run(RunOptions options, ByteString directory, TextWriter err)
    {
        byte[][] command = OwnProcess.LastArguments(options.Command.Count);
        ByteString[] entries = Array.ConvertAll(OwnProcess.Environment(), entry => new ByteString(entry));
        ByteString root = StepRoot.Find(options.Root, directory);
        CommandInput input = CommandInput.Find(options, root);
        StepIdentity step = Identify(options, command, directory, root, Home(entries), input);
        if (InnerRun.IsOne())
        {
            return InnerRun.Run(options, CommandEnvironment.Of(entries, step), err);
        }

        if (options.ProcessName is { } name)
        {
            OwnProcess.Rename(name);
        }

        if (options.Survivors is SurvivorPolicy.Linger or SurvivorPolicy.Detach && FrontLine.Current is null)
        {
            return Front.Run() ?? throw new FptraceException(ExitCodes.Internal, "the tracer gave up");
        }

        string path = options.Manifest ?? ManifestFile.DefaultPath(step);
        StepEnvironment environment = StepEnvironment.Of(entries, step);
        CheckedManifest? known = Check();
        if (known is { Result.IsUpToDate: true })
        {
            return Replay(known.Manifest!, input, options, err, "up to date");
        }

        bool hasWaited = false;
        using RunLock? taken = RunLock.Take(path, holder =>
        {
            hasWaited = true;
            return new Timer(_ => Tell(options, err, $"fptrace: waits for another fptrace to run this step{(holder == 0 ? "" : $" (process {holder})")}"), null, s_silence, Timeout.InfiniteTimeSpan);
        });
        known = hasWaited ? Check() : known;
        if (known is { Result.IsUpToDate: true })
        {
            return Replay(known.Manifest!, input, options, err, "up to date");
        }

        if (options.Manifest is null && new ManifestFolder(ManifestFile.DefaultDirectory(step.Root)).Visit(options.ForgetAfter))
        {
            Tell(options, err, $"fptrace: {ManifestFile.DirectoryName} holds manifests of another version, which this one does not use: each command runs once more; fptrace forget --all removes them when that version is used no more");
        }

        var run = new StepRun(step, path, environment, CommandEnvironment.Of(entries, step), input, options, command, line => Tell(options, err, line));
        return Run(run, step, environment, known, input, options, taken, err);

        CheckedManifest? Check() => options.Force || options.Verify || Refusal(input) is not null ? null : CheckFile(path, step, environment.Digests);
    }

    /// <summary>Why the command runs in any case.</summary>
    private static string? Refusal(CommandInput input) => input.Refusal ?? StandardFiles.Closed();

    private static CheckedManifest CheckFile(string path, StepIdentity step, EnvironmentDigests environment)
    {
        CheckedManifest known = UpToDateCheck.CheckFile(path, step, environment);
        return known is { Result.IsUpToDate: true, Manifest: { } manifest } && !Replayed.Fits(manifest)
            ? known with { Result = new CheckResult([new Difference(DifferenceKind.Output, "printed", "stdout and stderr were one file when it ran, and are two now")], null) }
            : known;
    }

    private static int Run(
        StepRun run, StepIdentity step, StepEnvironment environment, CheckedManifest? known, CommandInput input, RunOptions options, RunLock? taken, TextWriter err)
    {
        Manifest? previous = known?.Manifest;
        string reason = known?.Result.Reason ?? Refusal(input) ?? "it is forced";
        using BuildCache? cache = options.Verify ? null : options.Cache.Open(line => Tell(options, err, $"fptrace: {line}"));
        if (cache is not null && !options.Force && Refusal(input) is null)
        {
            CacheLookup lookup = cache.TryRestore(step, environment, previous, CancellationToken.None);
            if (lookup.Manifest is { } restored)
            {
                run.Save(restored);
                return Replay(restored, input, options, err, "from the cache");
            }

            reason += lookup.Reason == reason ? "; not in the cache" : $"; not in the cache: {lookup.Reason}";
        }

        Tell(options, err, $"fptrace: run: {RemedyWords.With(reason)}");
        bool wasLeft = false;
        using Rewind? rewind = options.Verify ? Verification.Begin(step) : null;
        Manifest manifest = run.Trace(previous, rewind, Leave);
        if (wasLeft)
        {
            return run.ExitCode(manifest);
        }

        TellLosses();
        if (!manifest.Passes)
        {
            Tell(options, err, $"fptrace: it will run again: {RemedyWords.With(manifest.Refusals[0])}");
            return run.ExitCode(manifest);
        }

        if (options.Cache.Mode.HasFlag(CacheMode.Write) && cache?.Store(manifest, environment, CancellationToken.None) is string refusal)
        {
            Tell(options, err, $"fptrace: not cached: {RemedyWords.With(refusal)}");
        }

        return rewind is not null ? Verification.Run(run, manifest, rewind, err) : run.ExitCode(manifest);

        // What was left running may write what it likes: such a run never counts, and is over for everybody else.
        int Leave(Manifest left)
        {
            wasLeft = true;
            TellLosses();
            Tell(options, err, $"fptrace: it will run again: {RemedyWords.With(left.Refusals[0])}");
            taken?.Dispose();
            return run.ExitCode(left);
        }

        void TellLosses()
        {
            if (run.LostOutput is string lost)
            {
                err.WriteLine("fptrace: " + lost);
            }

            TellLoss(input, options, err);
        }
    }

    private static int Replay(Manifest manifest, CommandInput input, RunOptions options, TextWriter err, string why)
    {
        Tell(options, err, $"fptrace: {why}, not run: {string.Join(' ', options.Command)}");
        TellLoss(input, options, err);
        input.Skip(manifest);
        return Replayed.Print(manifest, err);
    }

    private static void TellLoss(CommandInput input, RunOptions options, TextWriter err)
    {
        if (input.Loss() is string loss)
        {
            Tell(options, err, loss);
        }
    }

    private static StepIdentity Identify(RunOptions options, byte[][] command, ByteString directory, ByteString root, ByteString home, CommandInput input)
    {
        StepIdentity step = new StepIdentity
        {
            Command = options.CommandText is { } text ? [new ByteString(Encoding.UTF8.GetBytes(text))] : [.. command.Select(word => new ByteString(word))],
            Directory = directory,
            Root = root,
            EnvironmentMode = options.EnvironmentMode,
            Environment = Sorted(options.Environment),
            EnvironmentIgnore = Sorted(options.EnvironmentIgnore),
            EnvironmentPass = Sorted(options.EnvironmentPass),
            Ignore = Sorted([.. options.Ignore.Select(pattern => GlobSet.ExpandHome(pattern, home))]),
            IgnoreListing = Sorted([.. options.IgnoreListing.Select(pattern => GlobSet.ExpandHome(pattern, home))]),
            DefaultIgnores = options.NoDefaultIgnore ? 0 : DefaultIgnores.Version,
            Extra = options.Extra,
            Machine = StepMachine.Current,
            AllowNetwork = options.AllowNetwork,
            Input = input.Identity,
        }.WithHome(home);
        return options.Manifest is null ? step : step.IgnoringManifest(options.Manifest);
    }

    /// <summary>The value of HOME, if that is a path.</summary>
    private static ByteString Home(ByteString[] environment)
    {
        foreach (ByteString entry in environment)
        {
            if (entry.Span.StartsWith("HOME=/"u8))
            {
                return new ByteString(entry.Span["HOME=".Length..].TrimEnd((byte)'/'));
            }
        }

        return default;
    }

    private static string[] Sorted(IReadOnlyList<string> texts) => [.. texts.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static void Tell(RunOptions options, TextWriter err, string line)
    {
        if (!options.Quiet)
        {
            err.WriteLine(line);
        }
    }
}
