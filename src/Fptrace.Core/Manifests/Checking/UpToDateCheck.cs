using Fptrace.Manifests.Format;
using Fptrace.Posix;
using Fptrace.Steps;

namespace Fptrace.Manifests.Checking;

/// <summary>Compares a manifest with what exists now.</summary>
/// <remarks>
/// The check compares times first. It reads only a file whose times differ or are not recorded. The differences come in
/// the manifest's order: refusals, step, environment, observations, outputs, deletions, temporaries.
/// </remarks>
public static class UpToDateCheck
{
    // With fewer entries, threads cost more than they save.
    private const int FewEntries = 1024;
    private const int ChunkSize = 512;

    /// <param name="manifest">The recorded manifest.</param>
    /// <param name="step">The current step; null: do not compare it.</param>
    /// <param name="environment">The current environment; null: do not compare it.</param>
    /// <param name="options">Null: stop at the first difference.</param>
    /// <param name="cancellationToken">Ends the check between two entries.</param>
    public static CheckResult Check(
        Manifest manifest,
        StepIdentity? step = null,
        EnvironmentDigests? environment = null,
        CheckPlan? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        options ??= new CheckPlan();
        var differences = new List<Difference>();
        differences.AddRange(manifest.Refusals.Select(refusal => new Difference(DifferenceKind.Refused, "", refusal)));
        if (step is not null)
        {
            differences.AddRange(StepDifferences.Between(manifest.Step, step));
        }

        if (environment is not null)
        {
            differences.AddRange(EnvironmentComparison.Compare(manifest.Environment, environment));
        }

        // The observations of a run that does not count say nothing about the next run.
        if (!manifest.Passes || (differences.Count > 0 && !options.All))
        {
            return new CheckResult(options.All ? differences : differences[..1], null);
        }

        return CheckFiles(manifest, options, differences, cancellationToken);
    }

    /// <summary>Loads a manifest, checks it, and saves it with new times if files were only touched.</summary>
    public static CheckedManifest CheckFile(
        string path,
        StepIdentity? step = null,
        EnvironmentDigests? environment = null,
        CheckPlan? options = null,
        CancellationToken cancellationToken = default)
    {
        ManifestLoad load = ManifestFile.Load(path);
        if (load.Manifest is not { } manifest)
        {
            return new CheckedManifest(null,
                new CheckResult([new Difference(DifferenceKind.Manifest, path, load.Reason!)], null));
        }

        CheckResult result = Check(manifest, step, environment, options, cancellationToken);
        if (result is { IsUpToDate: true, Refreshed: { } refreshed } && options?.NoRefresh != true)
        {
            TryRefresh(path, refreshed);
        }
        else if (result.IsUpToDate && options?.NoRefresh != true)
        {
            ManifestFile.Use(load);
        }

        return new CheckedManifest(manifest, result);
    }

    /// <summary>
    /// Saves what a check of a whole manifest found out: the times of files that were only touched, or a missing index.
    /// </summary>
    /// <remarks>It is no use of the step, so it does not keep the manifest from being forgotten.</remarks>
    public static void Save(string path, ManifestLoad load, CheckResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        if (result.Refreshed is { } refreshed)
        {
            TryRefresh(path, refreshed);
        }
        else if (result.IsUpToDate)
        {
            IndexFile.Renew(load);
        }
    }

    /// <summary>Saves the new times, if possible.</summary>
    public static void TryRefresh(string path, Manifest refreshed)
    {
        try
        {
            ManifestFile.Save(path, refreshed);
        }
        catch (IOException)
        {
            // The step is up to date all the same. The next check reads the touched files again.
        }
    }

    private static CheckResult CheckFiles(Manifest manifest, CheckPlan options, List<Difference> differences,
        CancellationToken cancellationToken)
    {
        var walk = new ManifestWalk(manifest, options, cancellationToken);
        int chunks = (walk.Count + ChunkSize - 1) / ChunkSize;
        int threads = walk.Count < FewEntries ? 1 : Workers.Count(options.Threads, chunks);
        int next = -1;
        Workers.Run(threads, () =>
        {
            using Measure measure = walk.NewMeasure();
            int chunk;
            while ((chunk = Interlocked.Increment(ref next)) < chunks && walk.Wants(chunk))
            {
                walk.CheckChunk(measure, chunk, ChunkSize);
            }
        }, stop: () => Volatile.Write(ref next, chunks));

        cancellationToken.ThrowIfCancellationRequested();
        walk.CheckIndexes();
        HashSet<string>? told = null;
        foreach (Difference difference in walk.Differences())
        {
            // A directory that is listed and kept is both an observation and an output. One reason is enough.
            if (difference.Kind == DifferenceKind.Input)
            {
                told ??= new HashSet<string>(StringComparer.Ordinal);
                told.Add(difference.Subject);
            }
            else if (told?.Contains(difference.Subject) == true)
            {
                continue;
            }

            differences.Add(difference);
        }

        return differences.Count == 0
            ? new CheckResult([], walk.Refreshed())
            : new CheckResult(options.All ? differences : differences[..1], null);
    }
}
