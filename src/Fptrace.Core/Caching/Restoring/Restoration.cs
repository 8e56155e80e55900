using Fptrace.Caching.Keys;
using Fptrace.Caching.Store;
using Fptrace.Manifests;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Caching.Restoring;

/// <summary>Puts a result in place: all of it, or nothing.</summary>
/// <remarks>
/// First every output is copied out of the store and checked, in a staging area below the root; then it is renamed into
/// place. Until then nothing in the tree has changed. A process killed between two renames leaves outputs of which the
/// manifest says that they are modified, so the next run restores or runs again.
/// <para>
/// Modification times: make and ninja compare them. All outputs become newer than any input, since they are set to now;
/// among each other they keep the order in which the command wrote them, a nanosecond apart, so that no target is older
/// than what it was made from. </para>
/// </remarks>
internal static class Restoration
{
    /// <param name="store">Where the contents are.</param>
    /// <param name="manifest">The result; its paths are checked here.</param>
    /// <param name="result">Ages and checksums of the outputs.</param>
    /// <param name="root">Outside of it nothing is touched.</param>
    /// <param name="cancellation">Heeded until the first rename.</param>
    /// <returns>The outputs with their new stamps.</returns>
    /// <exception cref="RestoreException">It cannot be put in place. Unless the message says otherwise, the tree is as
    /// it was.</exception>
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
