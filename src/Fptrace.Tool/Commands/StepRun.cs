using Fptrace.Interop;
using Fptrace.Manifests;
using Fptrace.Model;
using Fptrace.Output;
using Fptrace.Tracing;

namespace Fptrace.Commands;

/// <summary>Runs a step traced and leaves its manifest, or one that says why the run does not count.</summary>
internal sealed class StepRun(StepIdentity step, string path, StepEnvironment environment, IReadOnlyList<ByteString> given, RunOptions options, byte[][] command)
{
    /// <summary>The environment that the command gets.</summary>
    private readonly byte[][] _given = [.. given.Select(entry => entry.Span.ToArray())];

    /// <summary>What a manifest needs: probes, absent paths and listings, connections, and no standard streams.</summary>
    private static readonly TracePlan s_plan = new() { Files = true, Removals = true, Probes = true, Executables = true, Network = true };

    /// <param name="previous">Spares reading files again that it knows; may be null.</param>
    /// <param name="keeper">Keeps what the run changes of what stood there before; may be null.</param>
    /// <param name="left">Called with the manifest while processes go on that were left running; returns the exit code. Afterwards nobody waits for us.</param>
    /// <exception cref="FptraceException">The command did not run, or the manifest could not be written.</exception>
    public Manifest Trace(Manifest? previous, IPriorKeeper? keeper, Func<Manifest, int> left)
    {
        // A forced run was not compared with the last one, and what that one has read need not be read again.
        previous ??= ManifestFile.Load(path).Manifest;

        // From here on, whatever happens to us, the step is not up to date. A place that cannot be written is found before the command runs.
        Save(new Manifest { Step = step, ExitCode = 0, Refusals = ["the last run did not come to its end"] });
        using var recorder = new ManifestRecorder(step, environment.Digests) { Keeper = keeper };
        NoteLookups(recorder);
        bool keepsInput = NoteInput(recorder);
        Manifest? early = null;
        using var capture = new OutputCapture(keepsInput);

        // Descriptor 2 is the command's meanwhile.
        using var err = new StandardWriter(capture.OwnError);
        var supervision = new Supervision { Survivors = options.Survivors, Front = FrontLine.Current, Tell = err.WriteLine, HoldsOutput = capture.IsHeld, Leave = Leave };
        Tracer.Run(command, EngineName.Parse(options.Engine), s_plan, recorder, supervision, _given);
        return early ?? Finish(recorder, capture, capture.Finish(), previous);

        int Leave(Func<TraceSummary> complete)
        {
            early = new Manifest { Step = step, ExitCode = complete().ExitStatus };
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

    private Manifest Finish(ManifestRecorder recorder, OutputCapture capture, IReadOnlyList<OutputChunk> printed, Manifest? previous)
    {
        if (capture.IsCut)
        {
            recorder.Refuse($"it printed more than {OutputCapture.MostBytes >> 20} MiB");
        }

        Manifest manifest = recorder.Finish(printed, previous);
        Save(manifest);
        return manifest;
    }

    /// <summary>The tool looks the program up itself, so the trace does not show where it is not.</summary>
    private void NoteLookups(ManifestRecorder recorder)
    {
        foreach (byte[] passed in CommandPath.Passed(command[0], _given))
        {
            recorder.LookedFor(new ByteString(passed[0] == (byte)'/' ? passed : [.. step.Directory.Span, (byte)'/', .. passed]));
        }
    }

    /// <returns>Whether the command gets our standard input.</returns>
    private bool NoteInput(ManifestRecorder recorder)
    {
        FileStamps.Of("/proc/self/fd/0\0"u8, follow: true, out FileStamp stamp);
        if (stamp.Type == FileType.Regular)
        {
            byte[] link = new byte[4096];
            int length = Files.ReadLink("/proc/self/fd/0\0"u8, link);
            recorder.Handed(new ByteString(link.AsSpan(0, Math.Max(length, 0))));
            return true;
        }

        if (options.KeepInput)
        {
            recorder.Refuse("its standard input is no file, so nobody knows what it would read");
        }

        return options.KeepInput;
    }

    /// <summary>Makes a manifest the step's own: from a run, or from the cache.</summary>
    /// <exception cref="FptraceException">It could not be written.</exception>
    public void Save(Manifest manifest)
    {
        try
        {
            ManifestFile.Save(path, manifest);
        }
        catch (IOException e)
        {
            throw WriteFailure.Of(path, e);
        }
    }
}
