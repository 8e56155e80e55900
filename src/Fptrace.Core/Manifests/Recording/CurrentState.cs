using Fptrace.Manifests.Checking;
using Fptrace.Model;
using Fptrace.Posix;
using Fptrace.Steps;

namespace Fptrace.Manifests.Recording;

/// <summary>Examines many paths with several threads.</summary>
public static class CurrentState
{
    private const int FewEntries = 256;

    /// <summary>The observations as lookups make them now.</summary>
    /// <remarks>If a recorded stamp is still valid, its digest is used and the content is not read.</remarks>
    /// <param name="observations">Paths and kinds, with states where they are known. Sorted ones are faster.</param>
    /// <param name="step">The step. Paths are relative to its root, and names that it ignores do not count.</param>
    /// <param name="cancellationToken">Ends the work between two observations.</param>
    /// <exception cref="IOException">A path cannot be examined any more.</exception>
    public static IReadOnlyList<Observation> Now(
        IReadOnlyList<Observation> observations,
        StepIdentity step,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(observations);
        ArgumentNullException.ThrowIfNull(step);
        var now = new Observation[observations.Count];
        GlobSet ignore = IgnoredPaths.AsNames(step);
        Spread(observations.Count, () => new Measure(step.Root, ignore) { AllDigests = true }, Look, cancellationToken);
        return now;

        void Look(Measure measure, int i)
        {
            now[i] = measure.Now(observations[i]);
        }
    }

    /// <summary>What exists at an absolute path without links, with a file's digest and a link's target; <c>default</c>
    /// if nothing does.</summary>
    public static FileState StateOf(ByteString path, out ByteString target) => StateOf(path, default, out target);

    /// <summary>The same. If a file has the times of the known state, its content is not read.</summary>
    internal static FileState StateOf(ByteString path, in FileState known, out ByteString target)
    {
        using var measure = new Measure(new ByteString("/"u8), new GlobSet([])) { AllDigests = true };
        return measure.StateAt(path, known, out target);
    }

    /// <summary>Distributes entries over threads.</summary>
    /// <remarks>Each thread takes runs of neighbouring entries, since these are in the same directory.</remarks>
    internal static void Spread<T>(int count, Func<T> begin, Action<T, int> work,
        CancellationToken cancellationToken = default)
        where T : IDisposable =>
            Spread(count, 64, Workers.Count(0, count / FewEntries), begin, work, cancellationToken);

    /// <summary>The same, with runs of a given length and a given number of threads.</summary>
    internal static void Spread<T>(int count, int row, int threads, Func<T> begin, Action<T, int> work,
        CancellationToken cancellationToken = default)
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
