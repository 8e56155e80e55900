using Fptrace.Manifests.Checking;
using Fptrace.Model;

namespace Fptrace.Manifests.Recording;

/// <summary>The end: contents are read, and whatever is not as it was when the step saw it is a refusal.</summary>
public sealed partial class ManifestRecorder
{
    /// <summary>Makes the manifest, once the trace is complete.</summary>
    /// <param name="printed">What the command wrote to stdout and stderr.</param>
    /// <param name="previous">An older manifest of the step: digests of files whose stamps still hold are taken from
    /// it, and outputs that this run found. May be null.</param>
    /// <param name="progress">Called now and then, from any thread, with how many paths are done.</param>
    /// <param name="cancellationToken">Ends it between two paths.</param>
    public Manifest Finish(
        IReadOnlyList<OutputChunk> printed,
        Manifest? previous = null,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default)
    {
        TraceSummary summary = _summary ?? throw new InvalidOperationException("the trace is not complete");
        RefuseIncomplete(summary);
        RefuseDisputed();
        _early.Stop(isWanted: _refusals.Count == 0);
        using var digests = _refusals.Count == 0 ? DigestFile.OfUser() : null;
        var end = new RecordedEnd(_step, _ignore, _records, _links, previous,
            digests) { SetsAttributes = _setsAttributes, Printed = _printed };

        // A run that does not count is worth no reading.
        if (_refusals.Count == 0)
        {
            end.Read(progress, cancellationToken);
            foreach (string refusal in end.Refusals)
            {
                Refuse(refusal);
            }
        }

        IReadOnlyList<StepOutput> earlier = KeptOutputs.Of(previous, _step);
        var manifest = new Manifest
        {
            Step = _step,
            ExitCode = summary.ExitStatus,
            Milliseconds = summary.DurationNs / 1_000_000,
            Refusals = [.. _refusals],
            Environment = _environment,
            Printed = printed,
        };
        if (_refusals.Count == 0)
        {
            Manifest passed = KeptOutputs.Keep(
                manifest with
                {
                    Observations = end.Observations,
                    Outputs = end.Outputs,
                    Deletions = end.Deletions,
                    Temporaries = end.Temporaries,
                },
                earlier);
            return KeptOutputs.WithLeft(passed, KeptOutputs.OwnWork(previous, _step));
        }

        // What goes on running may still change what it likes, and nobody waits for us then.
        bool goesOn = summary.Verdict.Reasons.Any(reason => reason.Kind == IncompleteReason.Survivor);
        (IReadOnlyList<StepOutput> left, IReadOnlyList<ByteString> gone) = goesOn
            ? ([], [])
            : end.Left(cancellationToken);
        return KeptOutputs.WithLeft(
            manifest with { Printed = [], Outputs = KeptOutputs.Remember(earlier, left, gone) },
            KeptOutputs.OwnWork(previous, _step));
    }

    private void RefuseIncomplete(TraceSummary summary)
    {
        if (summary.ExitStatus != 0)
        {
            // The first is the one that is said, and of a run that failed this explains the others.
            _refusals.Insert(0, $"the last run failed with exit code {summary.ExitStatus}");
        }

        foreach (IncompleteReason reason in summary.Verdict.Reasons)
        {
            switch (reason.Kind)
            {
                case IncompleteReason.Network when _step.AllowNetwork:
                    break;
                case IncompleteReason.Network:
                    Refuse($"{Reasons.Network}{Words.Of(reason.Detail)}");
                    break;
                case IncompleteReason.Outsider:
                    Refuse($"{Reasons.Outsider}{Words.Of(reason.Detail)}");
                    break;
                default:
                    Refuse($"{Reasons.Incomplete}{reason.Kind}: {Words.Of(reason.Detail)}");
                    break;
            }
        }
    }
}
