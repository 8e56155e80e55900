using System.Globalization;
using System.Text;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Model;

namespace Fptrace.Keeping;

/// <summary>Keeps, under <c>-u</c>, what the command removes or replaces. Thread-safe.</summary>
/// <remarks>
/// Makes its directory when there is something to keep. It holds the directory open, so the command cannot send it
/// elsewhere.
/// </remarks>
/// <param name="directory">Absolute: the directory in which each trace makes one of its own.</param>
internal sealed class Keeper(ByteString directory)
{
    private const int MostLines = 10;
    private const int MostAttempts = 100;
    private const int LongestPath = 4096;
    private const uint OwnersOnly = 0x1c0;

    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private KeepIndex? _index;
    private int _place = -1;
    private int _last;
    private int _kept;
    private int _refused;

    /// <summary>The keep directory of this trace; empty until something was kept.</summary>
    public ByteString Directory { get; private set; }

    /// <summary>The same where it still holds something; otherwise empty.</summary>
    public ByteString Kept
    {
        get
        {
            lock (_lock)
            {
                return _kept > 0 ? Directory : default;
            }
        }
    }

    /// <summary>What the user is told, a line each.</summary>
    public IReadOnlyList<string> Notes
    {
        get
        {
            lock (_lock)
            {
                string[] more = _refused > _lines.Count
                    ? [string.Create(CultureInfo.InvariantCulture,
                        $"-u refused {_refused - _lines.Count} more names that could not be kept")]
                    : [];
                string[] kept = _kept > 0
                    ? [string.Create(CultureInfo.InvariantCulture,
                        $"{_kept} {(_kept == 1 ? "name is" : "names are")} kept in {Directory}; ")
                        + $"fptrace undelete {Directory} puts {(_kept == 1 ? "it" : "them")} back"]
                    : [];
                return [.. _lines, .. more, .. kept];
            }
        }
    }

    /// <summary>Whether a path is in the keep directory, where the command may remove nothing.</summary>
    public bool IsOwn(ReadOnlySpan<byte> path) =>
        !Directory.IsEmpty && PathNesting.IsAtOrBelow(path, Directory.Span);

    /// <param name="file">A descriptor of the file (O_PATH).</param>
    /// <param name="path">Its name.</param>
    /// <param name="method">How to keep its content.</param>
    /// <param name="kept">What was kept.</param>
    /// <returns>0, or −errno.</returns>
    public int Keep(int file, ByteString path, KeepMethod method, out KeptFile? kept)
    {
        kept = null;
        int result = FilesAt.Stat(file, "\0"u8, fcntl.AT_EMPTY_PATH, out statx found);
        int id = 0;
        if (result == 0)
        {
            lock (_lock)
            {
                result = Begin();
                id = ++_last;
            }
        }

        if (result < 0)
        {
            return result;
        }

        FileType type = FileStamp.TypeOf(found.stx_mode);
        byte[] name = KeptName.NameOf(id);
        bool hasContent = false;
        if (type != FileType.Directory)
        {
            hasContent = method == KeepMethod.Name && FileCopy.Link(file, _place, name) == 0;
            if (!hasContent && type is FileType.Regular or FileType.Symlink)
            {
                result = FileCopy.Copy(file, found, _place, name);
                hasContent = true;
            }
        }

        if (result < 0)
        {
            return result;
        }

        var entry = new KeptName(id, path, type, found.stx_mode & 0xfffu, found.stx_uid, found.stx_gid,
            FilesAt.Nanoseconds(found.stx_mtime), (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks * 100,
            hasContent);
        lock (_lock)
        {
            result = _index!.Add(entry);
            _kept += result == 0 ? 1 : 0;
        }

        if (result == 0)
        {
            kept = new KeptFile(this, entry);
        }
        else if (hasContent)
        {
            _ = FilesAt.Unlink(_place, name);
        }

        return result;
    }

    /// <summary>Notes that a call was refused because its file could not be kept.</summary>
    public void NoteRefusal(ByteString path, int error)
    {
        lock (_lock)
        {
            _refused++;
            if (_lines.Count < MostLines)
            {
                _lines.Add($"-u cannot keep {path} ({FilesAt.Describe(error)}), so the command may not remove or "
                    + "replace it");
            }
        }
    }

    public void Drop(KeptName name)
    {
        lock (_lock)
        {
            _kept--;
            if (name.HasContent)
            {
                _ = FilesAt.Unlink(_place, name.ContentName);
            }

            // Where the disk is full, the line stays. Its name exists, and is never overwritten.
            _ = _index!.TakeBack(name.Id);
        }
    }

    private int Begin()
    {
        if (_index is not null)
        {
            return 0;
        }

        int failure = 0;
        ReadOnlySpan<byte> all = directory.Span;
        for (int i = 1; i <= all.Length; i++)
        {
            if (i == all.Length || all[i] == (byte)'/')
            {
                int made = FilesAt.MakeDirectory(fcntl.AT_FDCWD, FilesAt.Name(all[..i]), OwnersOnly);
                failure = failure == 0 && made != -errno.EEXIST ? made : failure;
            }
        }

        string run = DateTime.UtcNow.ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture) + "-"
            + Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        ByteString own = default;
        int result = -errno.EEXIST;
        for (int i = 0; i < MostAttempts && result == -errno.EEXIST; i++)
        {
            string name = i == 0 ? run : string.Create(CultureInfo.InvariantCulture, $"{run}.{i}");
            own = new ByteString([.. all, (byte)'/', .. Encoding.ASCII.GetBytes(name)]);
            result = FilesAt.MakeDirectory(fcntl.AT_FDCWD, FilesAt.Name(own.Span), OwnersOnly);
        }

        if (result < 0)
        {
            // The first directory that could not be made is why there is none in the end.
            return result == -errno.ENOENT && failure < 0 ? failure : result;
        }

        int place = FilesAt.OpenPlace(fcntl.AT_FDCWD, FilesAt.Name(own.Span), FinalLink.Keep);

        // The command's paths come without links and "..".
        Span<byte> real = stackalloc byte[LongestPath];
        int length = place < 0 ? place : FilesAt.ReadLink(fcntl.AT_FDCWD, ProcPath.OfOwnDescriptor(place), real);
        result = length < 0 ? length : KeepIndex.Open(place, out _index);
        if (result < 0)
        {
            FilesAt.Close(place);
            _ = FilesAt.RemoveDirectory(fcntl.AT_FDCWD, FilesAt.Name(own.Span));
            return result;
        }

        _place = place;
        Directory = new ByteString(real[..length]);
        return 0;
    }
}
