using Fptrace.Caching.Keys;
using Fptrace.Caching.Store;
using Fptrace.Manifests;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Caching.Restoring;

/// <summary>Puts a result in place: all of it, or nothing.</summary>
/// <remarks>
/// Every output is first copied out of the store into a staging area below the root, and checked. Until all are good,
/// nothing in the tree changes. Then each is renamed into place. If the process is killed between two renames, the next
/// check finds some outputs modified, so the step is restored again or runs.
/// <para>
/// make and ninja compare modification times. So all outputs are set to the current time, which makes them newer than
/// any input. They are a nanosecond apart, in the order in which the command wrote them, so that no target is older
/// than what it was made from.
/// </para>
/// </remarks>
internal static class Restoration
{
    /// <param name="store">Where the contents are.</param>
    /// <param name="manifest">The manifest of the result. This method checks its paths.</param>
    /// <param name="result">The ages and checksums of the outputs.</param>
    /// <param name="root">The root. Nothing outside of it is touched.</param>
    /// <param name="cancellation">Has no effect once the first output is in place.</param>
    /// <returns>The outputs with their new stamps.</returns>
    /// <exception cref="RestoreException">The result cannot be put in place. The tree is unchanged, unless the message
    /// says otherwise.</exception>
    public static IReadOnlyList<StepOutput> Run(
        ContentStore store, Manifest manifest, ResultEntry result, ByteString root, CancellationToken cancellation)
    {
        using var directory = RootDirectory.Open(root);
        RestorePlan plan = RestorePlan.Make(directory, manifest);
        if (result.Ages.Count != manifest.Outputs.Count)
        {
            throw new RestoreException("the result does not fit its manifest");
        }

        using StagingArea staging = StagingArea.Make(directory);
        var staged = new StagedOutputs(store, plan, staging, result.Blobs, Times(manifest, result.Ages));
        staged.Fill(cancellation);
        cancellation.ThrowIfCancellationRequested();
        try
        {
            new OutputCommit(plan, directory, staged).Commit();
        }
        catch (RestoreException e)
        {
            throw new RestoreException(e.Message + " (some outputs were restored already)");
        }

        return [.. manifest.Outputs.Select(output => Stamped(output, directory, staged))];
    }

    private static Dictionary<ByteString, long> Times(Manifest manifest, IReadOnlyList<int> ages)
    {
        long oldest = FileLook.Now() - ages.Count;
        var times = new Dictionary<ByteString, long>(ages.Count);
        for (int i = 0; i < ages.Count; i++)
        {
            times.Add(manifest.Outputs[i].Path, oldest + ages[i]);
        }

        return times;
    }

    private static StepOutput Stamped(StepOutput output, RootDirectory root, StagedOutputs staged)
    {
        if (output.State.Type != FileType.Regular)
        {
            return output;
        }

        long now = FileLook.Now();
        FileLook look = staged.LookOf(output.Path) ?? root.Look(output.Path);
        return look.Type == output.State.Type
            ? output with { State = output.State with { Stamp = look.TimesAt(now) } }
            : output;
    }
}
