using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Manifests.Checking;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Manifests.Recording;

/// <summary>Digests large inputs while the command still runs, for then a processor is often free: a compiler and its
/// libraries are 50 MB.</summary>
/// <remarks>
/// What it finds goes to the <see cref="DigestFile"/>, where <see cref="RecordedEnd"/> looks first, and which tells
/// whether it still holds. So it only saves time: what it does not come to, or cannot read, is read in the end. Used by
/// many threads.
/// </remarks>
internal sealed class EarlyDigests : IDisposable
{
    /// <summary>Bytes of a file that is worth it: a fifth of a millisecond of hashing.</summary>
    public const int LargeFile = 256 << 10;

    private readonly Lock _gate = new();
    private readonly Queue<ByteString> _waiting = new();
    private readonly CancellationTokenSource _abandoned = new();
    private Thread? _thread;
    private bool _isOff;

    /// <param name="path">Of a large file, absolute, without symbolic links.</param>
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

    /// <summary>Ends it. What has not begun is left to the caller, and the file that has is waited for.</summary>
    /// <param name="isWanted">false: that file neither.</param>
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
            // Whatever it is, it must not end the process in the middle of a trace. The end meets it again, and says
            // so.
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

        // Where times prove nothing, of what has just changed or in whole seconds, a digest would not be kept.
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
