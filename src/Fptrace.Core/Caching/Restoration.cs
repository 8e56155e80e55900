using Fptrace.Manifests;
using Fptrace.Model;
using Microsoft.Win32.SafeHandles;

namespace Fptrace.Caching;

/// <summary>Puts a result in place: all of it, or nothing.</summary>
/// <remarks>
/// First every output is copied out of the store and checked, in a staging area below the root; then it is renamed into place. Until
/// then nothing in the tree has changed. A process killed between two renames leaves outputs of which the manifest says that they
/// are modified, so the next run restores or runs again.
/// <para>
/// Modification times: make and ninja compare them. All outputs become newer than any input, since they are set to now; among
/// each other they keep the order in which the command wrote them, a nanosecond apart, so that no target is older than what it was
/// made from.
/// </para>
/// </remarks>
internal sealed class Restoration
{
    private const int MostThreads = 8;
    private readonly ContentStore _store;
    private readonly RestorePlan _plan;
    private readonly RootDirectory _root;
    private readonly StagingArea _staging;
    private readonly Dictionary<ContentDigest, BlobReference> _blobs = [];

    // Written by several threads, and always from true to false.
    private bool _canClone = true;

    private Restoration(ContentStore store, RestorePlan plan, RootDirectory root, StagingArea staging, ResultEntry result)
    {
        _store = store;
        _plan = plan;
        _root = root;
        _staging = staging;
        foreach (BlobReference blob in result.Blobs)
        {
            _blobs.TryAdd(blob.Digest, blob);
        }
    }

    /// <param name="store">Where the contents are.</param>
    /// <param name="manifest">The result; its paths are checked here.</param>
    /// <param name="result">Ages and checksums of the outputs.</param>
    /// <param name="root">Outside of it nothing is touched.</param>
    /// <param name="cancellation">Heeded until the first rename.</param>
    /// <returns>The outputs with their new stamps.</returns>
    /// <exception cref="RestoreException">It cannot be put in place. Unless the message says otherwise, the tree is as it was.</exception>
    public static IReadOnlyList<StepOutput> Run(
        ContentStore store, Manifest manifest, ResultEntry result, ByteString root, CancellationToken cancellation)
    {
        using var directory = RootDirectory.Open(root);
        RestorePlan plan = RestorePlan.Make(directory, manifest);
        IReadOnlyList<int> ages = result.Ages;
        if (ages.Count != manifest.Outputs.Count)
        {
            throw new RestoreException("the result does not fit its manifest");
        }

        long oldest = FileLook.Now() - ages.Count;
        var times = new Dictionary<ByteString, long>(ages.Count);
        for (int i = 0; i < ages.Count; i++)
        {
            times.Add(manifest.Outputs[i].Path, oldest + ages[i]);
        }

        using StagingArea staging = StagingArea.Make(directory);
        var restoration = new Restoration(store, plan, directory, staging, result);
        restoration.Stage(times, cancellation);
        cancellation.ThrowIfCancellationRequested();
        try
        {
            restoration.Commit();
        }
        catch (RestoreException e)
        {
            throw new RestoreException(e.Message + " (some outputs were restored already)");
        }

        return [.. manifest.Outputs.Select(restoration.Stamped)];
    }

    private void Stage(Dictionary<ByteString, long> times, CancellationToken cancellation)
    {
        var options = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Math.Min(Environment.ProcessorCount, MostThreads) };
        try
        {
            Parallel.For(0, _plan.Files.Count, options, index => Stage(index, times[_plan.Files[index].Path]));
        }
        catch (AggregateException e)
        {
            // The first in the order of the manifest would be nicer, but any will do.
            throw e.InnerExceptions.OfType<RestoreException>().FirstOrDefault()
                ?? new RestoreException(e.InnerException?.Message ?? e.Message);
        }
    }

    private void Stage(int index, long time)
    {
        StepOutput output = _plan.Files[index];
        byte[] name = StagingArea.Name(index);
        int result;
        if (output.State.Type == FileType.Symlink)
        {
            result = Posix.MakeLink(Posix.Name(output.Target.Span), _staging.Descriptor, name);
        }
        else
        {
            using SafeFileHandle blob = _store.OpenFile(CacheSpace.Content, output.State.Digest)
                ?? throw new RestoreException($"the cache has lost the content of {output.Path}");
            result = CopyTo(output, blob, _staging.Descriptor, name);
        }

        result = result < 0 ? result : Posix.SetTimes(_staging.Descriptor, name, time);
        if (result < 0)
        {
            throw RestoreException.Of(output.Path.ToString(), result);
        }
    }

    /// <summary>Copies the content of an output into a new file, and gives it its mode.</summary>
    /// <returns>0 or −errno.</returns>
    private int CopyTo(StepOutput output, SafeFileHandle blob, int directory, byte[] name)
    {
        int result = Posix.Create(directory, name, 0x180);
        if (result < 0)
        {
            return result;
        }

        using var file = new SafeFileHandle(result, ownsHandle: true);
        try
        {
            if (_blobs.TryGetValue(output.State.Digest, out BlobReference known)
                && known.Size == output.State.Size
                && BlobCopy.CopyBlob(blob, file, known.Size, ref _canClone) == known.Checksum)
            {
                return Posix.SetMode(result, output.State.Mode);
            }
        }
        catch (IOException e)
        {
            throw new RestoreException($"{output.Path}: {e.Message}");
        }

        _store.Remove(CacheSpace.Content, output.State.Digest);
        throw new RestoreException($"the cache's content of {output.Path} is damaged");
    }

    private void Commit()
    {
        foreach ((ByteString path, FileType type) in _plan.Removals)
        {
            Remove(path, type);
        }

        foreach (StepOutput output in _plan.Directories)
        {
            MakeDirectory(output);
        }

        for (int i = 0; i < _plan.Files.Count; i++)
        {
            Place(i);
        }

        // Last, and what is inside first: the mode may forbid to write into the directory.
        foreach (StepOutput output in _plan.Directories.AsEnumerable().Reverse())
        {
            int result = _root.FindParent(output.Path, out int place);
            result = result < 0 ? result : SetDirectoryMode(place, output, output.State.Mode);
            if (result < 0)
            {
                throw RootDirectory.Refusal(output.Path, result);
            }
        }
    }

    private void Remove(ByteString path, FileType type)
    {
        int result = _root.FindParent(path, out int place);
        byte[] name = RootDirectory.LastName(path);
        if (result == 0)
        {
            result = type == FileType.Directory ? Posix.RemoveDirectory(place, name) : Posix.Unlink(place, name);
            if (type == FileType.Directory)
            {
                _root.Forget();
            }
        }

        if (result is not (0 or -Posix.NotFound))
        {
            throw RootDirectory.Refusal(path, result);
        }
    }

    private void MakeDirectory(StepOutput output)
    {
        int result = _root.MakeParent(output.Path, out int place);
        byte[] name = RootDirectory.LastName(output.Path);
        if (result == 0)
        {
            FileType standing = _plan.Standing(output.Path);
            if (standing is not (FileType.None or FileType.Directory))
            {
                _ = Posix.Unlink(place, name);
                _root.Forget();
                _ = _root.MakeParent(output.Path, out place);
            }

            result = Posix.MakeDirectory(place, name, 0x1c0);

            // One that an earlier run left may be closed to writing.
            result = result == -Posix.Exists ? SetDirectoryMode(place, output, output.State.Mode | 0x1c0) : result;
        }

        if (result < 0)
        {
            throw RootDirectory.Refusal(output.Path, result);
        }
    }

    private static int SetDirectoryMode(int place, StepOutput output, uint mode)
    {
        // Through a descriptor that is certainly a directory's: fchmodat would follow a link planted meanwhile.
        int descriptor = Posix.OpenDirectory(place, RootDirectory.LastName(output.Path), follow: false);
        int result = descriptor < 0 ? descriptor : Posix.SetMode(descriptor, mode);
        Posix.Close(descriptor);
        return result;
    }

    private void Place(int index)
    {
        StepOutput output = _plan.Files[index];
        int result = _root.MakeParent(output.Path, out int place);
        byte[] name = RootDirectory.LastName(output.Path);
        if (result == 0 && _plan.Standing(output.Path) == FileType.Directory)
        {
            _ = Posix.RemoveDirectory(place, name);
            _root.Forget();
            result = _root.MakeParent(output.Path, out place);
        }

        result = result < 0 ? result : Posix.Rename(_staging.Descriptor, StagingArea.Name(index), place, name);
        if (result == -Posix.CrossDevice)
        {
            result = PlaceAcross(index, place, name);
        }

        if (result < 0)
        {
            throw RootDirectory.Refusal(output.Path, result);
        }
    }

    /// <summary>Another file system is mounted below the root: the file is copied once more, beside its place.</summary>
    private int PlaceAcross(int index, int place, byte[] name)
    {
        StepOutput output = _plan.Files[index];
        byte[] staged = StagingArea.Name(index);
        byte[] temporary = StagingArea.TemporaryBeside(index);
        FileLook look = FileLook.At(_staging.Descriptor, staged, follow: false);
        int result = -look.Error;
        if (result == 0 && output.State.Type == FileType.Symlink)
        {
            result = Posix.MakeLink(Posix.Name(output.Target.Span), place, temporary);
        }
        else if (result == 0)
        {
            using SafeFileHandle from = _store.OpenFile(CacheSpace.Content, output.State.Digest)
                ?? throw new RestoreException($"the cache has lost the content of {output.Path}");
            result = CopyTo(output, from, place, temporary);
        }

        result = result < 0 ? result : Posix.SetTimes(place, temporary, look.Times.ModifiedNs);
        result = result < 0 ? result : Posix.Rename(place, temporary, place, name);
        if (result < 0)
        {
            _ = Posix.Unlink(place, temporary);
        }

        return result;
    }

    private StepOutput Stamped(StepOutput output)
    {
        long now = FileLook.Now();
        FileLook look = _root.Look(output.Path);
        return look.Type == output.State.Type ? output with { State = output.State with { Stamp = look.TimesAt(now) } } : output;
    }
}
