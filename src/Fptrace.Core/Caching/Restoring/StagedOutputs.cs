using System.Collections.Concurrent;
using Fptrace.Linux.FileSystem;
using Fptrace.Caching.Keys;
using Fptrace.Caching.Store;
using Fptrace.Manifests;
using Fptrace.Model;
using Fptrace.Posix;
using Microsoft.Win32.SafeHandles;

namespace Fptrace.Caching.Restoring;

/// <summary>Copies the outputs of a result from the store to the staging area, and checks them there.</summary>
/// <remarks>
/// The content of a new directory is staged in that directory, so that one rename puts all of it in place.
/// </remarks>
internal sealed class StagedOutputs
{
    private const int MostThreads = 8;
    private readonly ContentStore _store;
    private readonly RestorePlan _plan;
    private readonly StagingArea _staging;
    private readonly Dictionary<ByteString, long> _times;
    private readonly Dictionary<ContentDigest, BlobReference> _blobs = [];
    private readonly ConcurrentDictionary<ByteString, FileLook> _looks = [];

    // Several threads write this, but always from true to false.
    private bool _canClone = true;

    /// <param name="store">Where the contents are.</param>
    /// <param name="plan">What goes where.</param>
    /// <param name="staging">Receives the outputs.</param>
    /// <param name="blobs">The blobs of the result, with their checksums.</param>
    /// <param name="times">Modification times by path.</param>
    public StagedOutputs(ContentStore store, RestorePlan plan, StagingArea staging, IReadOnlyList<BlobReference> blobs,
        Dictionary<ByteString, long> times)
    {
        (_store, _plan, _staging, _times) = (store, plan, staging, times);
        foreach (BlobReference blob in blobs)
        {
            _blobs.TryAdd(blob.Digest, blob);
        }
    }

    /// <summary>The descriptor to which the names of staged outputs are relative.</summary>
    public int Directory => _staging.Descriptor;

    /// <exception cref="RestoreException">An output cannot be created, or its content is lost or damaged.</exception>
    public void Fill(CancellationToken cancellation)
    {
        foreach (StepOutput directory in _plan.Directories.Where(directory => _plan.IsNew(directory.Path)))
        {
            int result = FilesAt.MakeDirectory(Directory, _plan.StagedName(directory.Path), 0x1c0);
            if (result < 0)
            {
                throw RestoreException.Of(directory.Path.ToString(), result);
            }
        }

        int count = _plan.Files.Count;
        Workers.Run(count, Math.Min(Workers.Count(0, count), MostThreads), index =>
        {
            cancellation.ThrowIfCancellationRequested();
            Stage(_plan.Files[index], _plan.StagedName(index));
        });
    }

    /// <summary>The state of a file in a new directory, taken when it was staged; null for others.</summary>
    /// <remarks>It still holds once the directory is renamed: that does not change the times of the file.</remarks>
    public FileLook? LookOf(ByteString path) => _looks.TryGetValue(path, out FileLook look) ? look : null;

    /// <summary>Drops the state of a file whose directory could not be renamed.</summary>
    public void Forget(ByteString path) => _looks.TryRemove(path, out _);

    /// <summary>Creates one output, in the staging area or beside its place.</summary>
    /// <returns>0 or −errno.</returns>
    /// <exception cref="RestoreException">Its content is lost or damaged.</exception>
    public int Make(StepOutput output, int directory, byte[] name)
    {
        long time = _times[output.Path];
        if (output.State.Type == FileType.Symlink)
        {
            int result = FilesAt.MakeLink(FilesAt.Name(output.Target.Span), directory, name);
            return result < 0 ? result : FilesAt.SetTimes(directory, name, time);
        }

        using SafeFileHandle blob = _store.OpenBlob(output.State.Digest)
            ?? throw new RestoreException($"the cache has lost the content of {output.Path}");
        return Copy(output, blob, time, directory, name);
    }

    private void Stage(StepOutput output, byte[] name)
    {
        int result = Make(output, Directory, name);
        if (result < 0)
        {
            throw RestoreException.Of(output.Path.ToString(), result);
        }
    }

    /// <summary>Copies the content of an output into a new file, and gives it its mode and time.</summary>
    private int Copy(StepOutput output, SafeFileHandle blob, long time, int directory, byte[] name)
    {
        int result = FilesAt.Create(directory, name, 0x180);
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
                return Finish(output, time, result);
            }
        }
        catch (IOException e)
        {
            throw new RestoreException($"{output.Path}: {e.Message}");
        }

        _store.Remove(CacheSpace.Content, output.State.Digest);
        throw new RestoreException($"the cache's content of {output.Path} is damaged");
    }

    private int Finish(StepOutput output, long time, int file)
    {
        int result = FilesAt.SetMode(file, output.State.Mode);
        result = result < 0 ? result : FilesAt.SetTimes(file, time);
        if (result == 0 && _plan.GoesWithDirectory(output.Path))
        {
            _looks[output.Path] = FileLook.Of(file);
        }

        return result;
    }
}
