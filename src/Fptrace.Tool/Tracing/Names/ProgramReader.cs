using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Proc;
using Fptrace.Model;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Recording;

namespace Fptrace.Tracing.Names;

/// <summary>Reads which program a process has become by execve. Each thread that does has its own.</summary>
internal sealed class ProgramReader(TracePlan plan, DescriptorNames names)
{
    // Programs with more descriptors than this are rare.
    private const int MostRemembered = 64;

    // Those of the last program that was listed, by how many it had.
    private readonly Dictionary<long, List<int>> _numbers = [];
    private readonly byte[] _link = new byte[4097];
    private readonly byte[] _name = new byte[8192];

    /// <param name="pid">The process, whose execve has succeeded.</param>
    /// <param name="path">The path that execve was given, made absolute.</param>
    /// <param name="directory">Its working directory: a program may name its interpreter relative to that.</param>
    /// <param name="foreignRoot">Whether its root directory or mounts may differ from ours.</param>
    public NewProgram Read(int pid, ByteString path, ByteString directory, bool foreignRoot)
    {
        IReadOnlyList<KeyValuePair<int, ByteString>> descriptors = plan.Descriptors ? Descriptors(pid) : [];
        if (!plan.Executables)
        {
            return new NewProgram(default, [], descriptors);
        }

        return (foreignRoot ? ReadForeign(pid, path, directory) : ReadOwn(pid, path, directory)) with
        {
            Descriptors = descriptors,
        };
    }

    /// <summary>Reads a program of a process that has our root directory and mounts.</summary>
    /// <remarks>
    /// The link in /proc leads to the running file, whatever has become of its path. If that file is known by the path,
    /// then so is what runs it. Its name is another matter: a directory may have been renamed, or a link changed so
    /// that the path goes by another name of the file. Where the file has one name, and that of the last time still
    /// leads to it, that is the name. (If a mount shows its directory in a second place, it has that name as well.)
    /// Else the link is read.
    /// </remarks>
    private NewProgram ReadOwn(int pid, ByteString path, ByteString directory)
    {
        long now = KnownPrograms.Now();
        int result = FileStamps.Of(ProcPath.Of(pid, "exe"u8), FinalLink.Follow, out FileStamp running);
        var looks = new ProgramLooks();
        List<ByteString> interpreters = [];
        ByteString last = FollowScripts(path, directory, running, looks, interpreters, now);
        KnownProgram? known = names.Programs.Find(last, running);
        ByteString executable = known is { Name.IsEmpty: false } && running.Links == 1
            && looks.Of(known.Name) == running ? known.Name : NameOfProgram(pid, path);
        ProgramFile file = known?.File ?? ProgramFile.Read(ProcPath.Of(pid, "exe"u8));
        if (executable == path)
        {
            // It is no script, whatever stands at its path by now.
            interpreters.Clear();
        }

        if (known?.Name != executable && looks.Of(last) == running)
        {
            names.Programs.Keep(last, new KnownProgram(running, file, executable), now);
        }

        if (!file.Interpreter.IsEmpty)
        {
            interpreters.Add(InterpreterPath.From(directory, file.Interpreter));
        }

        return new NewProgram(executable, interpreters, []) { Looks = looks, Mode = result < 0 ? null : running.Mode };
    }

    /// <summary>Adds the interpreters of scripts, up to the file that runs.</summary>
    /// <returns>The path of that file, as the scripts lead to it.</returns>
    private ByteString FollowScripts(ByteString path, ByteString directory, in FileStamp running, ProgramLooks looks,
        List<ByteString> interpreters, long now)
    {
        for (int scripts = 0; scripts < KnownPrograms.MostScripts; scripts++)
        {
            FileStamp stamp = looks.Of(path);
            if (stamp == running)
            {
                break;
            }

            ProgramFile? file = names.Programs.Find(path, stamp)?.File;
            if (file is null)
            {
                file = ProgramFile.Read([.. path.Span, 0], out FileStamp read);
                if (file.IsInterpreted)
                {
                    names.Programs.Keep(path, new KnownProgram(read, file, default), now);
                }
            }

            if (!file.IsInterpreted)
            {
                break;
            }

            path = InterpreterPath.From(directory, file.Interpreter);
            interpreters.Add(path);
        }

        return path;
    }

    /// <summary>Reads a program of a process whose paths may mean other files to us: only the file that runs may be
    /// known.</summary>
    private NewProgram ReadForeign(int pid, ByteString path, ByteString directory)
    {
        var interpreters = new List<ByteString>();
        ByteString executable = NameOfProgram(pid, path);
        if (path != executable)
        {
            // The program is a script, or the path is only another name of the same file.
            Interpret(path, named => InterpreterPath.In(pid, names.Hosts, directory, named), interpreters);
        }

        // The link leads to the program even if the program has no name, or if its name means another file here.
        long now = KnownPrograms.Now();
        int result = FileStamps.Of(ProcPath.Of(pid, "exe"u8), FinalLink.Follow, out FileStamp running);
        ProgramFile? file = names.Programs.Find(executable, running)?.File;
        if (file is null)
        {
            file = ProgramFile.Read(ProcPath.Of(pid, "exe"u8));
            names.Programs.Keep(executable, new KnownProgram(running, file, default), now);
        }

        if (!file.Interpreter.IsEmpty)
        {
            interpreters.Add(InterpreterPath.In(pid, names.Hosts, directory, file.Interpreter));
        }

        return new NewProgram(executable, interpreters, []) { Mode = result < 0 ? null : running.Mode };
    }

    private ByteString NameOfProgram(int pid, ByteString path)
    {
        int length = Files.ReadLink(ProcPath.Of(pid, "exe"u8), _link);
        return length <= 0 ? path : names.NameOfProgram(pid, _link.AsSpan(0, length));
    }

    /// <summary>Adds the interpreters that a script names in its first line, and so on for these.</summary>
    /// <param name="path">The path of a script, or of any other file.</param>
    /// <param name="seen">Translates a path as the process sees it to one as we see it.</param>
    /// <param name="interpreters">The list to add to.</param>
    /// <returns>The file that runs in the end: the last of them, or the program itself.</returns>
    public static ByteString Interpret(ByteString path, Func<ByteString, ByteString> seen,
        List<ByteString> interpreters)
    {
        for (int i = 0; i < KnownPrograms.MostScripts; i++)
        {
            ProgramFile file = ProgramFile.Read([.. path.Span, 0]);
            if (!file.IsInterpreted)
            {
                break;
            }

            path = seen(file.Interpreter);
            interpreters.Add(path);
        }

        return path;
    }

    private List<KeyValuePair<int, ByteString>> Descriptors(int pid)
    {
        // Most programs have the same descriptors as an earlier one that had as many. To list them costs more than to
        // name them, because the kernel makes an inode for each entry.
        if (_numbers.Count > 0 && _numbers.TryGetValue(CountOpen(pid), out List<int>? known))
        {
            List<KeyValuePair<int, ByteString>> same = Named(pid, known);
            if (same.Count == known.Count)
            {
                return same;
            }
        }

        List<int> numbers = [];
        DirectoryNumbers.Read(ProcPath.Of(pid, "fd"u8), numbers);
        List<KeyValuePair<int, ByteString>> descriptors = Named(pid, numbers);
        if (numbers.Count is > 0 and <= MostRemembered)
        {
            _numbers[numbers.Count] = numbers;
        }

        return descriptors;
    }

    /// <summary>How many descriptors a process has: the size of /proc/PID/fd since Linux 6.2, and 0 before.</summary>
    private static long CountOpen(int pid) =>
        FileStamps.Of(ProcPath.Of(pid, "fd"u8), FinalLink.Follow, out FileStamp directory) == 0 ? directory.Size : 0;

    /// <summary>Names those of some numbers that are open.</summary>
    private List<KeyValuePair<int, ByteString>> Named(int pid, List<int> numbers)
    {
        var descriptors = new List<KeyValuePair<int, ByteString>>(numbers.Count);
        foreach (int fd in numbers)
        {
            if (names.IsOwnStandard(pid, fd))
            {
                descriptors.Add(new(fd, DescriptorNames.NameOfStandard(fd)));
                continue;
            }

            int length = Files.ReadLink(ProcPath.Of(pid, "fd"u8, fd), _link);
            if (length > 0)
            {
                int size = names.NameOf(pid, fd, _link.AsSpan(0, length), _name, out _);
                descriptors.Add(new(fd, new ByteString(_name.AsSpan(0, size))));
            }
        }

        return descriptors;
    }
}
