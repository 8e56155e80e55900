using Fptrace.Manifests.Format;
using Fptrace.Posix;
using Fptrace.Steps;

namespace Fptrace.Manifests.Checking;

/// <summary>Compares a manifest with what stands there now.</summary>
/// <remarks>
/// Stamps first; only a file whose stamp differs, or never proved anything, is read. The order of the reasons is the
/// manifest's: refusals, step, environment, observations, outputs, deletions.
/// </remarks>
public static class UpToDateCheck
{
    // Below this the threads cost more than they save.
    private const int FewEntries = 1024;
    private const int ChunkSize = 512;

    /// <param name="manifest">What was recorded.</param>
    /// <param name="step">The step of now; null: the recorded one.</param>
    /// <param name="environment">Of now; null: not compared.</param>
    /// <param name="options">null: the first difference is enough.</param>
    /// <param name="cancellationToken">Ends it between two entries.</param>
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

        // What a run that does not count has seen says nothing about this one.
        if (!manifest.Passes || (differences.Count > 0 && !options.All))
        {
            return new CheckResult(options.All ? differences : differences[..1], null);
        }

        return CheckFiles(manifest, options, differences, cancellationToken);
    }

    /// <summary>Loads a manifest, checks it, and saves it with new stamps where files were only touched.</summary>
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

    /// <summary>Saves new stamps. Where that is impossible the step is up to date all the same, and the next check
    /// reads these files again.</summary>
    public static void TryRefresh(string path, Manifest refreshed)
    {
        try
        {
            ManifestFile.Save(path, refreshed);
        }
        catch (IOException)
        {
            // Said above.
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
            // A directory that is listed and kept is an observation and an output: one reason is enough.
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
