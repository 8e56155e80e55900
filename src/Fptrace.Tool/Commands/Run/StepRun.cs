using Fptrace.Commands.Run.Streams;
using Fptrace.Linux.Descriptors;
using Fptrace.Manifests;
using Fptrace.Manifests.Format;
using Fptrace.Manifests.Recording;
using Fptrace.Model;
using Fptrace.Steps;
using Fptrace.Tracing;
using Fptrace.Tracing.Launch;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Supervision;

namespace Fptrace.Commands.Run;

/// <summary>Traces a step and saves its manifest, or a manifest that says why the run does not count.</summary>
/// <param name="step">The step.</param>
/// <param name="path">The path of its manifest.</param>
/// <param name="environment">The variables that count.</param>
/// <param name="given">The environment that the command gets.</param>
/// <param name="input">The standard input of the command.</param>
/// <param name="terminals">Which of its standard streams are a terminal.</param>
/// <param name="options">What the user asked for.</param>
/// <param name="command">argv.</param>
/// <param name="tell">Gets a line when no manifest can be written.</param>
internal sealed class StepRun(
    StepIdentity step,
    string path,
    StepEnvironment environment,
    IReadOnlyList<ByteString> given,
    CommandInput input,
    TerminalStreams terminals,
    RunOptions options,
    byte[][] command,
    Action<string> tell)
{
    private readonly byte[][] _given = [.. given.Select(entry => entry.Span.ToArray())];
    private bool _hasNone;
    private TraceSummary? _summary;
    private InheritedFiles? _inherited;

    /// <summary>Which output of the last run could not be written, for the user; null when all was written.</summary>
    public string? LostOutput { get; private set; }

    /// <summary>What the user is told of the last run even if it counts.</summary>
    public IReadOnlyList<string> Notes => _summary?.Notes ?? [];

    /// <summary>The exit code of the tool after the last run.</summary>
    public int ExitCode(Manifest manifest) => manifest.ExitCode == 0 && LostOutput is not null
        ? ExitCodes.Output
        : manifest.ExitCode;

    /// <summary>
    /// The path of the manifest that the same command has with all standard streams at a terminal; null when this step
    /// is that one.
    /// </summary>
    public static string? PathAtTerminal(StepIdentity step) => step.Terminal is { Streams: TerminalStreams.All }
        ? null
        : ManifestFile.DefaultPath(step with { Terminal = new StepTerminal { Streams = TerminalStreams.All } });

    /// <param name="previous">
    /// The manifest of an earlier run, or null. It tells which outputs there were, and saves reading known files again.
    /// </param>
    /// <param name="undoLog">Keeps what the run changes as it was before; null to keep nothing.</param>
    /// <param name="left">
    /// Called with the manifest if processes are left running; returns the exit code. The caller no longer waits
    /// afterwards.
    /// </param>
    /// <exception cref="FptraceException">The command did not run.</exception>
    public Manifest Trace(Manifest? previous, IUndoLog? undoLog, Func<Manifest, int> left)
    {
        // A forced run was not compared with an earlier manifest. That one still saves reading known files again.
        previous ??= ManifestFile.Load(path).Manifest
            ?? (options.Manifest is null && PathAtTerminal(step) is string other
                ? ManifestFile.Load(other).Manifest
                : null);

        // From here on the step is not up to date, even if the tool is killed. If this manifest cannot be written, the
        // last one stays, and it is still true: it tells from which inputs the last outputs came.
        IReadOnlyList<StepOutput> earlier = KeptOutputs.Of(previous, step);
        IReadOnlyList<StepOutput> work = KeptOutputs.OwnWork(previous, step);
        Save(
            KeptOutputs.WithLeft(new Manifest
            {
                Step = step,
                ExitCode = 0,
                Refusals = ["the last run did not come to its end"],
                Outputs = earlier,
            }, work));
        using var recorder = new ManifestRecorder(step, environment.Digests) { UndoLog = undoLog, Earlier = work };
        NoteLookups(recorder);
        NoteInput(recorder);
        _inherited = new InheritedFiles(recorder);
        Manifest? early = null;
        string? closed = StandardFiles.Closed();
        using var capture = new OutputCapture(input.IsKept, terminals);
        NoteOutputs(recorder, capture.Handed);
        Refuse(recorder, closed);
        var supervision = new SupervisionOptions
        {
            Survivors = options.Survivors,
            Proxy = ProxyConnection.Current,
            Tell = options.Quiet ? _ => { } : capture.Tell,
            HoldsOutput = capture.IsHeld,
            Leave = Leave,
        };
        capture.Handed.Begin();
        TracePlan plan = TracePlan.Of(recorder.Needs) with
        {
            Prints = capture.Handed.Watch,
            Terminal = capture.Terminal?.Watch,
        };
        TraceSummary summary = Tracer.Run(command, EngineName.Parse(options.Engine), plan, recorder,
            supervision, _given);
        _summary = summary;
        return early ?? Finish(recorder, capture, capture.Finish(), previous);

        int Leave(Func<TraceSummary> complete)
        {
            _summary = complete();
            early = new Manifest { Step = step, ExitCode = _summary.ExitStatus };
            IReadOnlyList<OutputChunk> printed = capture.Leave();
            try
            {
                early = Finish(recorder, capture, printed, previous);
                return left(early);
            }
            catch (FptraceException e)
            {
                using var own = new StandardWriter(2);
                own.WriteLine("fptrace: " + e.Message);
                return e.ExitCode;
            }
        }
    }

    private Manifest Finish(ManifestRecorder recorder, OutputCapture capture, IReadOnlyList<OutputChunk> printed,
        Manifest? previous)
    {
        LostOutput = capture.Failure;
        Refuse(recorder, capture.Refusal);
        Refuse(recorder, input.End(out long? end));
        Refuse(recorder, _inherited?.End());
        using var err = new StandardWriter(2);
        using var progress = new Progress("reads what the command used and made", options, err);
        Manifest manifest = recorder.Finish(printed, previous) with
        {
            InputEnd = end,
            Step = step with { Terminal = capture.Terminal?.Used() },
        };
        Save(manifest);
        return manifest;
    }

    /// <summary>
    /// Records where the program was looked up and not found. The tool looked it up, so the trace does not show that.
    /// </summary>
    private void NoteLookups(ManifestRecorder recorder)
    {
        foreach (byte[] passed in CommandPath.Passed(command[0], _given))
        {
            recorder.LookedFor(
                new ByteString(passed[0] == (byte)'/' ? passed : [.. step.Directory.Span, (byte)'/', .. passed]));
        }
    }

    private void NoteInput(ManifestRecorder recorder)
    {
        if (!input.Path.IsEmpty)
        {
            recorder.Handed(input.Path);
        }

        Refuse(recorder, input.Refusal);
        Refuse(recorder, input.Begin());
    }

    private static void NoteOutputs(ManifestRecorder recorder, HandedStreams handed)
    {
        foreach (HandedStream stream in handed.All)
        {
            recorder.HandedForPrinting(stream.Name, stream.Path);
        }
    }

    private static void Refuse(ManifestRecorder recorder, string? reason)
    {
        if (reason is not null)
        {
            recorder.Refuse(reason);
        }
    }

    /// <summary>Saves a manifest of a run, or of a result from the cache, as the step's own.</summary>
    /// <remarks>If it cannot be written, the command runs all the same, and again next time.</remarks>
    public void Save(Manifest manifest)
    {
        try
        {
            if (!_hasNone)
            {
                ManifestFile.Save(path, manifest);
            }
        }
        catch (IOException e)
        {
            _hasNone = true;
            tell($"fptrace: it will run again: {ManifestFailure.Explain(path, e)}");
        }
    }
}
