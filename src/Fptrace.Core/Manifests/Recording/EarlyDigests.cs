using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Manifests.Checking;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Manifests.Recording;

/// <summary>Computes digests of large inputs while the command still runs.</summary>
/// <remarks>
/// A processor is often free at that time, and a compiler with its libraries has 50 MB. The digests go into the
/// <see cref="DigestFile"/>, which <see cref="RecordedEnd"/> asks first and which shows whether they still hold. So
/// this only saves time: RecordedEnd reads whatever is not done, or cannot be read, itself. Several threads use an
/// instance.
/// </remarks>
internal sealed class EarlyDigests : IDisposable
{
    /// <summary>The smallest file that is worth it, in bytes: it takes a fifth of a millisecond to hash.</summary>
    public const int LargeFile = 256 << 10;

    private readonly Lock _gate = new();
    private readonly Queue<ByteString> _waiting = new();
    private readonly CancellationTokenSource _abandoned = new();
    private Thread? _thread;
    private bool _isOff;

    /// <param name="path">The path of a large file, absolute, without symbolic links.</param>
    public void Add(ByteString path)
    {
        lock (_gate)
        {
            if (_isOff)
            {
                return;
            }

            _waiting.Enqueue(path);
            _thread ??= Workers.TryStart(Work, "digests");
            _isOff = _thread is null;
        }
    }

    /// <summary>Ends the work. Files that have not begun are left to the caller.</summary>
    /// <param name="isWanted">Whether to wait until the current file is done; otherwise it is abandoned, too.</param>
    public void Stop(bool isWanted)
    {
        Thread? thread;
        lock (_gate)
        {
            _isOff = true;
            thread = _thread;
        }

        if (!isWanted)
        {
            _abandoned.Cancel();
        }

        thread?.Join();
    }

    public void Dispose()
    {
        Stop(isWanted: false);
        _abandoned.Dispose();
    }

    private void Work()
    {
        try
        {
            using DigestFile? digests = DigestFile.OfUser();
            while (TryNext(digests is not null, out ByteString path))
            {
                Read(digests!, path);
            }
        }
        catch (Exception)
        {
            // An exception must not end the process in the middle of a trace. RecordedEnd meets the same problem and
            // reports it.
            lock (_gate)
            {
                _isOff = true;
            }
        }
    }

    private bool TryNext(bool isUsable, out ByteString path)
    {
        lock (_gate)
        {
            _isOff |= !isUsable;
            path = default;
            if (!_isOff && _waiting.TryDequeue(out path))
            {
                return true;
            }

            _thread = null;
            return false;
        }
    }

    private void Read(DigestFile digests, ByteString path)
    {
        byte[] name = [.. path.Span, 0];
        FileLook look = FileLook.At(fcntl.AT_FDCWD, name, FinalLink.Keep);

        // The digest file stores no digest of a file whose times prove nothing: it has just changed, or has whole
        // seconds.
        if (look.Type == FileType.Regular
            && !look.IsCoarse
            && !look.TimesAt(FileLook.Now()).IsEmpty
            && !digests.TryFind(path, look, out _)
            && FileHash.TryRead(fcntl.AT_FDCWD, name, out FileState state, _abandoned.Token)
            && state.Stamp == look.Times)
        {
            digests.Add(path, look.Device, state);
        }
    }
}
