using Fptrace.Manifests.Checking;
using Fptrace.Model;

namespace Fptrace.Manifests.Recording;

/// <summary>Reads the contents at the end. If an input is not as the step saw it, the run does not count.</summary>
public sealed partial class ManifestRecorder
{
    /// <summary>Makes the manifest after the trace is complete.</summary>
    /// <param name="printed">What the command wrote to stdout and stderr.</param>
    /// <param name="previous">An older manifest of the step, or null. It supplies the digests of files whose stamps
    /// still hold, and the outputs that this run found unchanged.</param>
    public Manifest Finish(IReadOnlyList<OutputChunk> printed, Manifest? previous)
    {
        TraceSummary summary = _summary ?? throw new InvalidOperationException("the trace is not complete");
        _witness.Moved();
        ForgetPaths();
        RefuseIncomplete(summary);
        RefuseDisputed();
        _early.Stop(isWanted: _refusals.Count == 0);
        using var digests = _refusals.Count == 0 ? DigestFile.OfUser() : null;
        var end = new RecordedEnd(_step, _ignore, _records, _links, previous,
            digests)
        {
            SetsAttributes = _setsAttributes,
            Printed = _printed,
            Begin = _begin,
            ChangedByName = _changedByName,
        };

        // The contents matter only if the run counts.
        if (_refusals.Count == 0)
        {
            end.Read();
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

            // The manifest is written next, which takes memory, too.
            _records.Clear();
            return KeptOutputs.WithLeft(passed, KeptOutputs.OwnWork(previous, _step));
        }

        // A survivor may still change files, so their state now says nothing.
        bool goesOn = summary.Verdict.Reasons.Any(reason => reason.Kind == IncompleteReason.Survivor);
        (IReadOnlyList<StepOutput> left, IReadOnlyList<ByteString> gone) = goesOn ? ([], []) : end.Left();
        return KeptOutputs.WithLeft(
            manifest with { Printed = [], Outputs = KeptOutputs.Remember(earlier, left, gone) },
            KeptOutputs.OwnWork(previous, _step));
    }

    private void RefuseIncomplete(TraceSummary summary)
    {
        if (summary.ExitStatus != 0)
        {
            // The first refusal is the one that users see. The failure of the command explains the others.
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
