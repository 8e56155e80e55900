using System.Diagnostics;
using Fptrace.Caching;
using Fptrace.Caching.Restoring;
using Fptrace.Commands.CommandLine;
using Fptrace.Commands.Run.Streams;
using Fptrace.Commands.Steps;
using Fptrace.Linux.Processes;
using Fptrace.Manifests;
using Fptrace.Manifests.Checking;
using Fptrace.Manifests.Format;
using Fptrace.Model;
using Fptrace.Steps;
using Fptrace.Tracing.Launch;
using Fptrace.Tracing.Names;
using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Supervision;

namespace Fptrace.Commands.Run;

/// <summary>
/// <c>fptrace run [options] -- command</c>: runs a command unless nothing that it uses has changed since its last run.
/// </summary>
internal static class RunCommand
{
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(2);
    private static long s_start;

    /// <param name="args">The words after the verb.</param>
    /// <param name="output">stdout, for help.</param>
    /// <param name="err">stderr.</param>
    /// <returns>The exit status of the command, even if it is only replayed.</returns>
    /// <exception cref="FptraceException">The command line is wrong, or the command could not be run.</exception>
    public static int Run(string[] args, TextWriter output, TextWriter err)
    {
        s_start = Stopwatch.GetTimestamp();
        var table = new RunOptionTable();
        SplitArguments split = ArgumentSplitter.Split(args, table);
        if (table.AsksForHelp(split))
        {
            output.Write(Verbs.Find("run")!.Help);
            return 0;
        }

        var directory = new ByteString(OwnProcess.WorkingDirectory());
        HoldingMounts mounts = ProxyConnection.Current is null ? HoldingMounts.Read() : HoldingMounts.None;
        if (mounts.Hold(directory.Span) || mounts.HoldStream())
        {
            return Behind();
        }

        RunOptions options = table.Parse(split, () => ConfigFile.Find(directory.ToString()));
        try
        {
            return mounts.Any && RunMounts.LeadThere(mounts, options)
                ? Behind()
                : Run(options, directory, mounts, err);
        }
        catch (FptraceException e)
        {
            throw CommandHint.Add(e, split, table);
        }
    }

    private static int Behind() =>
        Proxy.Run() ?? throw new FptraceException(ExitCodes.Internal, "the tracer gave up");

    private static int Run(RunOptions options, ByteString directory, HoldingMounts mounts, TextWriter err)
    {
        byte[][] command = StartWords.LastArguments(options.Command.Count);
        ByteString[] entries = Array.ConvertAll(StartWords.Environment(), entry => new ByteString(entry));
        ByteString root = StepRoot.Find(options.Root, directory);
        TerminalStreams terminals = CommandTerminal.Find(options);
        CommandInput input = CommandInput.Find(options, terminals, root);
        StepIdentity step = CommandIdentity.Of(options, command, directory, root, entries, input, terminals);
        if (InnerRun.IsOne())
        {
            return InnerRun.Run(options, CommandEnvironment.Of(entries, step), err);
        }

        if (options.ProcessName is { } name)
        {
            OwnProcess.Rename(name);
        }

        if (options.Survivors is SurvivorPolicy.Linger or SurvivorPolicy.Detach && ProxyConnection.Current is null)
        {
            return Behind();
        }

        var notes = new RunNotes(options.Quiet, err);
        string path = options.Manifest ?? ManifestFile.DefaultPath(step);
        StepEnvironment environment = StepEnvironment.Of(entries, step);
        if (mounts.Any && RunMounts.LeadThere(mounts, step, path))
        {
            return Behind();
        }

        ProxyConnection.Current?.LetGoOfOutput();
        CheckedManifest? known = Check();
        if (known is { Result.IsUpToDate: true })
        {
            return Replay(known.Manifest!, input, options, notes, err, "up to date");
        }

        if (mounts.Any)
        {
            // The command may look anywhere, and the tool looks there, too.
            return Behind();
        }

        // If there is no such program, fail before anything is written.
        IReadOnlyList<ByteString> given = CommandEnvironment.Of(entries, step);
        _ = CommandPath.Find(command[0], [.. given.Select(entry => entry.Span.ToArray())]);

        if (terminals != TerminalStreams.None && ProxyConnection.Current is null && Proxy.HasTerminal())
        {
            // A job at a terminal may be stopped, which needs a proxy. A command that is up to date needs none, so
            // start it only now.
            return Behind();
        }

        bool hasWaited = false;
        using RunLock? taken = RunLock.Take(path, ProxyConnection.CallersProcess, holder =>
        {
            hasWaited = true;
            return new Timer(_ =>
                notes.Now(
                    "fptrace: waits for another fptrace to run this "
                        + $"step{(holder == 0 ? "" : $" (process {holder})")}"), null, s_silence,
                        Timeout.InfiniteTimeSpan);
        });
        known = hasWaited ? Check() : known;
        if (known is { Result.IsUpToDate: true })
        {
            return Replay(known.Manifest!, input, options, notes, err, "up to date");
        }

        if (options.Manifest is null
            && new ManifestFolder(ManifestFile.DefaultDirectory(step.Root)).Visit(options.ForgetAfter))
        {
            notes.Add(
                $"fptrace: {ManifestFile.DirectoryName} holds manifests of another version, which this one does not "
                    + "use: each command runs once more; fptrace forget --all removes them when that version is used "
                    + "no more");
        }

        var run = new StepRun(step, path, environment, given, input, terminals, options, command, notes.Add);
        return Run(run, step, environment, known, input, options, taken, notes, err);

        CheckedManifest? Check()
        {
            using var progress = new Progress("checks what changed", options, err);
            return options.Force || options.Verify || Refusal(input) is not null
                ? null
                : StepCheck.Run(options, step, path, environment.Digests);
        }
    }

    /// <summary>Why the command must run in any case; null when a check decides.</summary>
    private static string? Refusal(CommandInput input) => input.Refusal ?? StandardFiles.Closed();

    private static int Run(
        StepRun run, StepIdentity step, StepEnvironment environment, CheckedManifest? known, CommandInput input,
        RunOptions options, RunLock? taken,
        RunNotes notes, TextWriter err)
    {
        Manifest? previous = known?.Manifest;
        string reason = Reason(known, step, options) ?? Refusal(input) ?? "it is forced";
        using BuildCache? cache = options.Verify ? null : options.Cache.Open(line => notes.Add($"fptrace: {line}"));
        if (cache is not null && !options.Force && Refusal(input) is null)
        {
            CacheLookup lookup;
            using (new Progress("looks into the cache and restores", options, err))
            {
                lookup = cache.TryRestore(step, environment, previous, CancellationToken.None);
            }

            if (lookup.Manifest is { } restored)
            {
                run.Save(restored);
                return Replay(restored, input, options, notes, err, "from the cache");
            }

            reason += lookup.Reason == reason ? "; not in the cache" : $"; not in the cache: {lookup.Reason}";
        }

        notes.Add($"fptrace: run: {RemedyWords.With(reason)}");
        bool wasLeft = false;
        using UndoLog? undoLog = options.Verify ? Verification.Begin(step) : null;
        Manifest manifest = run.Trace(previous, undoLog, Leave);
        if (wasLeft)
        {
            return run.ExitCode(manifest);
        }

        TellLosses();
        if (LateRunOption.Hint(options.Command, manifest.ExitCode != 0) is { } late)
        {
            notes.Add($"fptrace: {late}");
        }

        if (!manifest.Passes)
        {
            notes.Add($"fptrace: it will run again: {RemedyWords.With(manifest.Refusals[0])}");
            notes.Flush();
            return run.ExitCode(manifest);
        }

        if (options.Cache.Mode.HasFlag(CacheMode.Write) && Store() is string refusal)
        {
            notes.Add($"fptrace: not cached: {RemedyWords.With(refusal)}");
        }

        notes.Add(RunReport.Ran(manifest));
        int exitCode = undoLog is not null ? Verification.Run(run, manifest, undoLog, err) : run.ExitCode(manifest);
        notes.Flush();
        return exitCode;

        // Processes that were left running may still write anything. So this run never counts, and other runs need not
        // wait.
        int Leave(Manifest left)
        {
            wasLeft = true;
            TellLosses();
            notes.Add($"fptrace: it will run again: {RemedyWords.With(left.Refusals[0])}");
            notes.Flush();
            taken?.Dispose();
            return run.ExitCode(left);
        }

        string? Store()
        {
            using var progress = new Progress("puts what the command made into the cache", options, err);
            return cache?.Store(manifest, environment, CancellationToken.None);
        }

        void TellLosses()
        {
            if (run.LostOutput is string lost)
            {
                err.WriteLine("fptrace: " + lost);
            }

            foreach (string note in run.Notes)
            {
                notes.Add("fptrace: " + note);
            }

            TellLoss(input, notes);
        }
    }

    /// <summary>
    /// Why the command runs, according to its manifest or because it has none; null for a forced run.
    /// </summary>
    private static string? Reason(CheckedManifest? known, StepIdentity step, RunOptions options) =>
        known is { Manifest: null } && options.Manifest is null && !ManifestFile.Exists(ManifestFile.DefaultPath(step))
            ? MissingManifest.Explain(step, StepSearch.RootsAround(step.Root, step.Directory))
            : known?.Result.Reason;

    private static int Replay(Manifest manifest, CommandInput input, RunOptions options, RunNotes notes,
        TextWriter err, string why)
    {
        long milliseconds = (long)Stopwatch.GetElapsedTime(s_start).TotalMilliseconds;
        notes.Add(
            $"fptrace: {why}, not run: {string.Join(' ', options.Command)} "
                + $"({RunReport.Saved(manifest, milliseconds)})");
        TellLoss(input, notes);
        input.Skip(manifest);
        int exitCode = Replayed.Print(manifest, err);
        notes.Flush();
        return exitCode;
    }

    private static void TellLoss(CommandInput input, RunNotes notes)
    {
        if (input.Loss() is string loss)
        {
            notes.Add(loss);
        }
    }
}
