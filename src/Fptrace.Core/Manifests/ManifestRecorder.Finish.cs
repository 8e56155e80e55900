using Fptrace.Model;

namespace Fptrace.Manifests;

/// <summary>The end: contents are read, and whatever is not as it was when the step saw it is a refusal.</summary>
public sealed partial class ManifestRecorder
{
    /// <summary>Makes the manifest, once the trace is complete.</summary>
    /// <param name="printed">What the command wrote to stdout and stderr.</param>
    /// <param name="previous">An older manifest of the step: digests of files whose stamps still hold are taken from it. May be null.</param>
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
        _early.Stop(isWanted: _refusals.Count == 0);
        using var digests = _refusals.Count == 0 ? DigestFile.OfUser() : null;
        var end = new RecordedEnd(_step, _ignore, _records, _links.Links, previous, digests);

        // A run that does not count is worth no reading.
        if (_refusals.Count == 0)
        {
            end.Read(progress, cancellationToken);
            foreach (string refusal in end.Refusals)
            {
                Refuse(refusal);
            }
        }

        var manifest = new Manifest
        {
            Step = _step,
            ExitCode = summary.ExitStatus,
            Refusals = [.. _refusals],
            Environment = _environment,
            Printed = printed,
        };
        return _refusals.Count > 0 ? manifest with { Printed = [] } : manifest with
        {
            Observations = end.Observations,
            Outputs = end.Outputs,
            Deletions = end.Deletions,
        };
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
            if (reason.Kind != "network")
            {
                Refuse($"the last run was not seen completely: {reason.Kind}: {Words.Of(reason.Detail)}");
            }
            else if (!_step.AllowNetwork)
            {
                Refuse($"the last run used the network: {Words.Of(reason.Detail)}");
            }
        }
    }
}
