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
        StepIdentity step = Identify(options, command, directory);
        ByteString[] entries = Array.ConvertAll(OwnProcess.Environment(), entry => new ByteString(entry));
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
            return Replay(known.Manifest!, options, err, "up to date");
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
            return Replay(known.Manifest!, options, err, "up to date");
        }

        var run = new StepRun(step, path, environment, CommandEnvironment.Of(entries, step), options, command);
        return Run(run, step, environment, known, options, taken, err);

        CheckedManifest? Check() => options.Force || options.Verify ? null : UpToDateCheck.CheckFile(path, step, environment.Digests);
    }

    private static int Run(
        StepRun run, StepIdentity step, StepEnvironment environment, CheckedManifest? known, RunOptions options, RunLock? taken, TextWriter err)
    {
        Manifest? previous = known?.Manifest;
        string reason = known?.Result.Reason ?? "it is forced";
        using BuildCache? cache = options.Verify ? null : options.Cache.Open();
        if (cache is not null && !options.Force)
        {
            CacheLookup lookup = cache.TryRestore(step, environment, previous, CancellationToken.None);
            if (lookup.Manifest is { } restored)
            {
                run.Save(restored);
                return Replay(restored, options, err, "from the cache");
            }

            reason += lookup.Reason == reason ? "; not in the cache" : $"; not in the cache: {lookup.Reason}";
        }

        Tell(options, err, $"fptrace: run: {reason}");
        bool wasLeft = false;
        using Rewind? rewind = options.Verify ? Verification.Begin(step) : null;
        Manifest manifest = run.Trace(previous, rewind, Leave);
        if (wasLeft)
        {
            return manifest.ExitCode;
        }

        if (!manifest.Passes)
        {
            Tell(options, err, $"fptrace: it will run again: {manifest.Refusals[0]}");
            return manifest.ExitCode;
        }

        if (options.Cache.Mode.HasFlag(CacheMode.Write) && cache?.Store(manifest, environment, CancellationToken.None) is string refusal)
        {
            Tell(options, err, $"fptrace: not cached: {refusal}");
        }

        return rewind is not null ? Verification.Run(run, manifest, rewind, err) : manifest.ExitCode;

        // What was left running may write what it likes: such a run never counts, and is over for everybody else.
        int Leave(Manifest left)
        {
            wasLeft = true;
            Tell(options, err, $"fptrace: it will run again: {left.Refusals[0]}");
            taken?.Dispose();
            return left.ExitCode;
        }
    }

    private static int Replay(Manifest manifest, RunOptions options, TextWriter err, string why)
    {
        Tell(options, err, $"fptrace: {why}, not run: {string.Join(' ', options.Command)}");
        OutputCapture.Replay(manifest.Printed);
        return manifest.ExitCode;
    }

    private static StepIdentity Identify(RunOptions options, byte[][] command, ByteString directory)
    {
        var step = new StepIdentity
        {
            Command = options.CommandText is { } text ? [new ByteString(Encoding.UTF8.GetBytes(text))] : [.. command.Select(word => new ByteString(word))],
            Directory = directory,
            Root = StepRoot.Find(options.Root, directory),
            EnvironmentMode = options.EnvironmentMode,
            Environment = Sorted(options.Environment),
            EnvironmentIgnore = Sorted(options.EnvironmentIgnore),
            EnvironmentPass = Sorted(options.EnvironmentPass),
            Ignore = Sorted(options.Ignore),
            Extra = options.Extra,
            AllowNetwork = options.AllowNetwork,
        };
        return options.Manifest is null ? step : step.IgnoringManifest(options.Manifest);
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
