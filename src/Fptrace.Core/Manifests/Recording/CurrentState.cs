using Fptrace.Manifests.Checking;
using Fptrace.Model;
using Fptrace.Posix;
using Fptrace.Steps;

namespace Fptrace.Manifests.Recording;

/// <summary>Looks at many paths at once, for whoever wants to know how they stand now.</summary>
public static class CurrentState
{
    private const int FewEntries = 256;

    /// <summary>The same observations as they stand now. Where a recorded stamp still holds, its digest is taken
    /// over.</summary>
    /// <param name="observations">Paths and kinds; with states where they are known. Sorted ones are faster.</param>
    /// <param name="step">Whose root they are relative to, and whose ignored names do not count in listings.</param>
    /// <param name="threads">At most; 0: as many as there are processors.</param>
    /// <param name="cancellationToken">Ends it between two.</param>
    /// <exception cref="IOException">A path can be looked at no more.</exception>
    public static IReadOnlyList<Observation> Now(
        IReadOnlyList<Observation> observations,
        StepIdentity step,
        int threads = 0,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(observations);
        ArgumentNullException.ThrowIfNull(step);
        var now = new Observation[observations.Count];
        GlobSet ignore = IgnoredPaths.AsNames(step);
        Spread(observations.Count, threads, () => new Measure(step.Root, ignore) { AllDigests = true }, Look,
            cancellationToken);
        return now;

        void Look(Measure measure, int i)
        {
            now[i] = measure.Now(observations[i]);
        }
    }

    /// <summary>What stands at an absolute path without links, with the digest of a file; <c>default</c> where nothing
    /// is.</summary>
    public static FileState StateOf(ByteString path) => StateOf(path, out _);

    /// <summary>What stands at an absolute path without links, with the digest of a file and the target of a
    /// link.</summary>
    public static FileState StateOf(ByteString path, out ByteString target) => StateOf(path, default, out target);

    /// <summary>The same; what is known of a file spares reading it while its times are the same.</summary>
    internal static FileState StateOf(ByteString path, in FileState known, out ByteString target)
    {
        using var measure = new Measure(new ByteString("/"u8), new GlobSet([])) { AllDigests = true };
        return measure.StateAt(path, known, out target);
    }

    /// <summary>Has threads of their own work on neighbouring entries: they stand in one directory, so each thread
    /// takes a row of them.</summary>
    internal static void Spread<T>(int count, int threads, Func<T> begin, Action<T, int> work,
        CancellationToken cancellationToken)
        where T : IDisposable =>
            Spread(count, 64, Workers.Count(threads, count / FewEntries), begin, work, cancellationToken);

    /// <summary>The same with rows of a given length, and as many threads as are said.</summary>
    internal static void Spread<T>(int count, int row, int threads, Func<T> begin, Action<T, int> work,
        CancellationToken cancellationToken)
        where T : IDisposable
    {
        int next = 0;
        Workers.Run(threads, () =>
        {
            using T state = begin();
            int start;
            while ((start = Interlocked.Add(ref next, row) - row) < count)
            {
                cancellationToken.ThrowIfCancellationRequested();
                for (int i = start; i < Math.Min(start + row, count); i++)
                {
                    work(state, i);
                }
            }
        }, stop: () => Volatile.Write(ref next, count));
    }
}
