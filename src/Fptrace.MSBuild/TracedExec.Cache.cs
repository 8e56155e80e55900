using Fptrace.Caching;
using Fptrace.MSBuild.State;
using Fptrace.Manifests;
using Fptrace.Manifests.Format;
using Microsoft.Build.Framework;

namespace Fptrace.MSBuild;

// TracedExec and the cache: results of earlier runs, here or elsewhere.
public partial class TracedExec
{
    /// <summary>Puts the outputs in place of an earlier run that saw what this run would see.</summary>
    /// <param name="step">The step, which is not up to date.</param>
    /// <param name="previous">The manifest of its last run; null for none.</param>
    /// <param name="reason">Why it is not up to date.</param>
    private bool TryRestore(TracedStep step, Manifest? previous, string reason)
    {
        using BuildCache? cache = OpenCache(step, Caching.CacheMode.Read);
        CacheLookup? lookup = cache?.TryRestore(step.Identity, step.Environment, previous, _cancelled.Token);
        if (lookup?.Manifest is not { } manifest)
        {
            if (lookup is not null)
            {
                Log.LogMessage(MessageImportance.Low, "The traced step is not in the cache: {0}", lookup.Reason);
            }

            return false;
        }

        try
        {
            ManifestFile.Save(step.Manifest, manifest);
        }
        catch (IOException e)
        {
            Log.LogMessage(MessageImportance.Low,
                "The traced step will run again next time: no manifest can be kept at {0}: {1}",
                step.Manifest, e.Message);
        }

        RestoredFromCache = true;
        Log.LogMessage(MessageImportance.Normal, "Traced step was restored from the cache because {0}: {1}", reason,
            step.Title);
        _project.Outcomes.Enqueue(new StepOutcome(StepVerdict.Restored, reason));
        Observe(manifest);
        Replay(manifest);
        return true;
    }

    private void Publish(TracedStep step, Manifest manifest)
    {
        using BuildCache? cache = OpenCache(step, Caching.CacheMode.Write);
        try
        {
            if (cache?.Store(manifest, step.Environment, _cancelled.Token) is { } refusal)
            {
                Log.LogMessage(MessageImportance.Low, "The traced step is not put into the cache: {0}",
                    RemedyWords.With(refusal));
            }
        }
        catch (OperationCanceledException)
        {
            Log.LogMessage(MessageImportance.Low, "The traced step is not put into the cache: the build was cancelled");
        }
    }

    /// <returns>Null if the step does not use the cache for this purpose, or the cache cannot be opened.</returns>
    private BuildCache? OpenCache(TracedStep step, Caching.CacheMode purpose)
    {
        if (!step.CacheMode.HasFlag(purpose))
        {
            return null;
        }

        try
        {
            return BuildCache.Open(step.CacheDirectory, new CachePolicy { Mode = step.CacheMode });
        }
        catch (CacheException e)
        {
            if (Build.SayOnce(e.Message))
            {
                Log.LogMessage(MessageImportance.High, "Traced steps go without a cache: {0}", e.Message);
            }

            return null;
        }
    }
}
