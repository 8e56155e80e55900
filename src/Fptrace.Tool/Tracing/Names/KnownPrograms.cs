using Fptrace.Linux.FileSystem;
using Fptrace.Model;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Names;

/// <summary>Remembers what was read of programs and scripts, so that it is read once and not at each execve.
/// Thread-safe.</summary>
/// <remarks>
/// A path is only where to find an entry again: what the entry says belongs to the file with its stamp. So nothing
/// need be forgotten when names, links or mounts change. Each use takes a look at the path, and the same device,
/// inode, size, mode and times are the same file with the same content and rights. Times prove nothing of a file that
/// has just changed, as they do not for a manifest. And they do not change with each write through a mapping. But the
/// kernel runs no file that somebody has open for writing, or has mapped so (ETXTBSY). So only what has just been run
/// is kept: whoever writes later changes its times. On a file system that another machine serves, a look may show what
/// was there some seconds ago, so nothing is known while such a one is used.
/// </remarks>
/// <param name="remote">The file systems of other machines.</param>
internal sealed class KnownPrograms(RemoteMounts remote)
{
    // The kernel follows so many interpreters at most (exec_binprm).
    public const int MostScripts = 5;

    // Each takes some 300 bytes.
    private const int Most = 4096;

    // As in FileLook: the clock of file times ticks at least every 10 ms, and some file systems count whole seconds, or
    // two.
    private const long SlackNs = 50_000_000;
    private const long CoarseSlackNs = 2 * NanosecondsOfSecond;
    private const long NanosecondsOfSecond = 1_000_000_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<ByteString, KnownProgram> _known = new(PathBytes.Comparer);

    /// <summary>The current time, in nanoseconds since 1970.</summary>
    public static long Now() => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;

    /// <param name="path">Where the file is.</param>
    /// <param name="stamp">What a look at the path has just shown.</param>
    /// <returns>Null if this file, as it is now, is not known.</returns>
    public KnownProgram? Find(ByteString path, in FileStamp stamp)
    {
        lock (_lock)
        {
            return stamp.Exists && !remote.IsUsed && _known.TryGetValue(path, out KnownProgram? known)
                && known.Stamp == stamp ? known : null;
        }
    }

    /// <summary>Remembers a file that a successful execve has just run, if it could be read.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="program">What was read of it after its stamp was taken.</param>
    /// <param name="now">A time before that.</param>
    public void Keep(ByteString path, KnownProgram program, long now)
    {
        FileStamp stamp = program.Stamp;
        bool isCoarse = stamp.ChangedNs % NanosecondsOfSecond == 0 && stamp.ModifiedNs % NanosecondsOfSecond == 0;
        if (stamp.Type != FileType.Regular || program.File.Format == ProgramFormat.Other
            || stamp.ChangedNs >= now - (isCoarse ? CoarseSlackNs : SlackNs))
        {
            return;
        }

        lock (_lock)
        {
            if (_known.Count >= Most)
            {
                _known.Clear();
            }

            _known[path] = program;
        }
    }

    /// <summary>
    /// Adds the interpreters that run a program: of scripts, and of the ELF file that the last of them is.
    /// </summary>
    /// <param name="program">Absolute.</param>
    /// <param name="stamp">What a look at it has just shown.</param>
    /// <param name="directory">The working directory of the process that wants to run it.</param>
    /// <param name="interpreters">The list to add to, absolute paths.</param>
    /// <returns>Whether there is an ELF file in the end, and not a file that is missing or that the kernel cannot
    /// run.</returns>
    public bool ReadInterpreters(
        ByteString program, FileStamp stamp, ByteString directory, List<ByteString> interpreters)
    {
        ProgramFile file = FileOf(program, stamp);
        for (int scripts = 0; file.IsInterpreted && scripts < MostScripts; scripts++)
        {
            program = InterpreterPath.From(directory, file.Interpreter);
            interpreters.Add(program);
            FileStamps.Of([.. program.Span, 0], FinalLink.Follow, out stamp);
            file = FileOf(program, stamp);
        }

        if (file.Format != ProgramFormat.Elf)
        {
            return false;
        }

        if (!file.Interpreter.IsEmpty)
        {
            interpreters.Add(InterpreterPath.From(directory, file.Interpreter));
        }

        return true;
    }

    private ProgramFile FileOf(ByteString path, in FileStamp stamp) =>
        Find(path, stamp)?.File ?? ProgramFile.Read([.. path.Span, 0]);
}
