using System.Buffers.Binary;
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
    // The kernel follows so many interpreters at most, and reads so much of each (exec_binprm, BINPRM_BUF_SIZE).
    private const int MostScripts = 5;
    private const int HeadSize = 256;

    private readonly List<int> _numbers = [];
    private readonly byte[] _link = new byte[4097];
    private readonly byte[] _name = new byte[8192];
    private readonly Dictionary<ByteString, (FileStamp Stamp, ByteString Interpreter)> _elf = [];

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

        int length = Files.ReadLink(ProcPath.Of(pid, "exe"u8), _link);
        ByteString executable = length <= 0 ? path : names.NameOfProgram(pid, _link.AsSpan(0, length));
        return new NewProgram(executable, Interpreters(pid, path, directory, executable, foreignRoot), descriptors);
    }

    private List<KeyValuePair<int, ByteString>> Descriptors(int pid)
    {
        // Most programs have the same descriptors as the one before. To list them costs more than to name them, because
        // the kernel makes an inode for each entry.
        if (_numbers.Count > 0 && CountOpen(pid) == _numbers.Count)
        {
            List<KeyValuePair<int, ByteString>> same = Named(pid);
            if (same.Count == _numbers.Count)
            {
                return same;
            }
        }

        _numbers.Clear();
        DirectoryNumbers.Read(ProcPath.Of(pid, "fd"u8), _numbers);
        return Named(pid);
    }

    /// <summary>How many descriptors a process has: the size of /proc/PID/fd since Linux 6.2, and 0 before.</summary>
    private static long CountOpen(int pid) =>
        FileStamps.Of(ProcPath.Of(pid, "fd"u8), FinalLink.Follow, out FileStamp directory) == 0 ? directory.Size : 0;

    /// <summary>Names those of <see cref="_numbers"/> that are open.</summary>
    private List<KeyValuePair<int, ByteString>> Named(int pid)
    {
        var descriptors = new List<KeyValuePair<int, ByteString>>(_numbers.Count);
        foreach (int fd in _numbers)
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

    private List<ByteString> Interpreters(int pid, ByteString path, ByteString directory, ByteString executable,
        bool foreignRoot)
    {
        var interpreters = new List<ByteString>();
        if (path != executable)
        {
            // The program is a script, or the path is only another name of the same file.
            AddScripts(path, named => IsAbsolute(named) && foreignRoot ? FromRoot(pid, named) : From(directory, named),
                interpreters);
        }

        ByteString elf = ElfInterpreter(pid, executable);
        if (!elf.IsEmpty)
        {
            interpreters.Add(IsAbsolute(elf) && foreignRoot ? FromRoot(pid, elf) : From(directory, elf));
        }

        return interpreters;
    }

    private static bool IsAbsolute(ByteString path) => path.Span is [(byte)'/', ..];

    /// <summary>Makes a path absolute that is relative to a working directory.</summary>
    /// <remarks>The directory's name contains no links, so a leading ".." takes its last component off.</remarks>
    private static ByteString From(ByteString directory, ByteString path)
    {
        if (IsAbsolute(path))
        {
            return path;
        }

        ReadOnlySpan<byte> from = directory.Span;
        ReadOnlySpan<byte> rest = path.Span;
        while (rest is [(byte)'.', (byte)'/', ..] or [(byte)'.', (byte)'.', (byte)'/', ..])
        {
            from = rest[1] == '/' ? from : from[..Math.Max(from.LastIndexOf((byte)'/'), 0)];
            rest = rest[(rest.IndexOf((byte)'/') + 1)..].TrimStart((byte)'/');
        }

        return new ByteString(from is [] or [(byte)'/'] ? [(byte)'/', .. rest] : [.. from, (byte)'/', .. rest]);
    }

    /// <summary>Translates an interpreter's path from the process's root directory to ours.</summary>
    private ByteString FromRoot(int pid, ByteString path)
    {
        int length = Files.ReadLink(ProcPath.Of(pid, "root"u8), _link);
        int floor = length <= 1 ? 0 : length;
        byte[] name = [.. _link.AsSpan(0, floor), .. path.Span];
        return names.Hosts.IsForeign(pid) && names.Hosts.OfPath(pid, name, floor) is { IsEmpty: false } host
            ? host
            : new ByteString(name);
    }

    /// <summary>Adds the interpreters that a script names in its first line, and so on for these.</summary>
    /// <param name="path">The path of a script, or of any other file.</param>
    /// <param name="seen">Translates a path as the process sees it to one as we see it.</param>
    /// <param name="interpreters">The list to add to.</param>
    private static void AddScripts(ByteString path, Func<ByteString, ByteString> seen, List<ByteString> interpreters)
    {
        Span<byte> head = stackalloc byte[HeadSize];
        for (int i = 0; i < MostScripts; i++)
        {
            int length = Files.ReadAt([.. path.Span, 0], 0, head);
            if (length < 2 || head[0] != '#' || head[1] != '!')
            {
                return;
            }

            ReadOnlySpan<byte> line = head[2..length];
            int end = line.IndexOf((byte)'\n');
            line = (end < 0 ? line : line[..end]).TrimStart(" \t"u8);
            end = line.IndexOfAny((byte)' ', (byte)'\t', (byte)0);
            path = new ByteString(end < 0 ? line : line[..end]);
            if (path.IsEmpty)
            {
                return;
            }

            path = seen(path);
            interpreters.Add(path);
        }
    }

    /// <summary>The interpreter of an ELF file (PT_INTERP, elf(5)); empty for a static program.</summary>
    private ByteString ElfInterpreter(int pid, ByteString path)
    {
        // The link leads to the program even if the program has no name, or if its name means another file here.
        ReadOnlySpan<byte> name = ProcPath.Of(pid, "exe"u8);
        FileStamps.Of(name, FinalLink.Follow, out FileStamp stamp);
        if (_elf.TryGetValue(path, out (FileStamp Stamp, ByteString Interpreter) known) && known.Stamp == stamp)
        {
            return known.Interpreter;
        }

        ByteString interpreter = ReadElfInterpreter(name);
        _elf[path] = (stamp, interpreter);
        return interpreter;
    }

    /// <summary>Adds the interpreters that a script names in its first line, and so on for these.</summary>
    /// <returns>The file that runs in the end: the last of them, or the program itself.</returns>
    public static ByteString Interpret(ByteString program, ByteString directory, List<ByteString> interpreters)
    {
        AddScripts(program, path => From(directory, path), interpreters);
        return interpreters.Count == 0 ? program : interpreters[^1];
    }

    /// <summary>
    /// Adds the interpreters that run a program: of scripts, and of the ELF file that the last of them is.
    /// </summary>
    /// <param name="program">Absolute.</param>
    /// <param name="directory">The working directory of the process that wants to run it.</param>
    /// <param name="interpreters">The list to add to, absolute paths.</param>
    /// <returns>Whether there is an ELF file in the end, and not a file that is missing or that the kernel cannot
    /// run.</returns>
    public static bool ReadInterpreters(ByteString program, ByteString directory, List<ByteString> interpreters)
    {
        ByteString last = Interpret(program, directory, interpreters);
        byte[] name = [.. last.Span, 0];
        ByteString elf = ReadElfInterpreter(name);
        if (!elf.IsEmpty)
        {
            interpreters.Add(From(directory, elf));
        }

        Span<byte> head = stackalloc byte[4];
        return Files.ReadAt(name, 0, head) == head.Length && head.SequenceEqual("\u007fELF"u8);
    }

    private static ByteString ReadElfInterpreter(ReadOnlySpan<byte> name)
    {
        const int PT_INTERP = 3;
        Span<byte> header = stackalloc byte[64];
        if (Files.ReadAt(name, 0, header) < 52 || !header.StartsWith("\u007fELF"u8))
        {
            return default;
        }

        bool wide = header[4] == 2;
        long table = wide
            ? BinaryPrimitives.ReadInt64LittleEndian(header[32..])
            : BinaryPrimitives.ReadInt32LittleEndian(header[28..]);
        int size = BinaryPrimitives.ReadUInt16LittleEndian(header[(wide ? 54 : 42)..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(header[(wide ? 56 : 44)..]);
        byte[] entries = new byte[size * Math.Min(count, 128)];
        int length = Files.ReadAt(name, table, entries);
        for (int at = 0; size > 0 && at + size <= length; at += size)
        {
            ReadOnlySpan<byte> entry = entries.AsSpan(at, size);
            if (BinaryPrimitives.ReadInt32LittleEndian(entry) == PT_INTERP)
            {
                long offset = wide
                    ? BinaryPrimitives.ReadInt64LittleEndian(entry[8..])
                    : BinaryPrimitives.ReadInt32LittleEndian(entry[4..]);
                byte[] path = new byte[4096];
                int end = Files.ReadAt(name, offset, path);
                end = end <= 0 ? 0 : Math.Max(path.AsSpan(0, end).IndexOf((byte)0), 0);
                return new ByteString(path[..end]);
            }
        }

        return default;
    }
}
