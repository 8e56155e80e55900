using System.Buffers.Binary;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Proc;
using Fptrace.Model;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Recording;

namespace Fptrace.Tracing.Names;

/// <summary>Reads what a process has become by execve. Used by the ptrace thread only.</summary>
internal sealed class ProgramReader(TracePlan plan, DescriptorNames names)
{
    // binfmt_script follows this many interpreters at most, and reads this much of each.
    private const int MostScripts = 5;
    private const int HeadSize = 256;

    private readonly List<int> _numbers = [];
    private readonly byte[] _link = new byte[4097];
    private readonly byte[] _name = new byte[8192];
    private readonly Dictionary<ByteString, (FileStamp Stamp, ByteString Interpreter)> _elf = [];

    /// <param name="pid">Its execve has succeeded.</param>
    /// <param name="path">What execve was given, as we know it.</param>
    /// <param name="directory">Where it stands: a program may name its interpreter from there.</param>
    /// <param name="foreignRoot">Its root directory or mounts may differ from ours.</param>
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
        // Most have the same as the one before. To list them costs more than to name them: the kernel makes an inode for each entry.
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

    /// <summary>Descriptors that a process has: the kernel tells it as the directory's size since Linux 6.2, before that it says 0.</summary>
    private static long CountOpen(int pid) =>
        FileStamps.Of(ProcPath.Of(pid, "fd"u8), follow: true, out FileStamp directory) == 0 ? directory.Size : 0;

    /// <summary>Those of <see cref="_numbers"/> that are open.</summary>
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

    private List<ByteString> Interpreters(int pid, ByteString path, ByteString directory, ByteString executable, bool foreignRoot)
    {
        var interpreters = new List<ByteString>();
        if (path != executable)
        {
            // A script, or only another name of the same file.
            AddScripts(path, named => IsAbsolute(named) && foreignRoot ? FromRoot(pid, named) : From(directory, named), interpreters);
        }

        ByteString elf = ElfInterpreter(pid, executable);
        if (!elf.IsEmpty)
        {
            interpreters.Add(IsAbsolute(elf) && foreignRoot ? FromRoot(pid, elf) : From(directory, elf));
        }

        return interpreters;
    }

    private static bool IsAbsolute(ByteString path) => path.Span is [(byte)'/', ..];

    /// <summary>A relative path as one from a working directory. No link is in the directory's name, so a ".." at the path's beginning goes up in it.</summary>
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

    /// <summary>An interpreter's path, which is written in the program as the process sees it, as we see it.</summary>
    private ByteString FromRoot(int pid, ByteString path)
    {
        int length = Files.ReadLink(ProcPath.Of(pid, "root"u8), _link);
        int floor = length <= 1 ? 0 : length;
        byte[] name = [.. _link.AsSpan(0, floor), .. path.Span];
        return names.Hosts.IsForeign(pid) && names.Hosts.OfPath(pid, name, floor) is { IsEmpty: false } host ? host : new ByteString(name);
    }

    /// <param name="path">Of a script, or of what is none.</param>
    /// <param name="seen">From a path as the process sees it to the one as we see it.</param>
    /// <param name="interpreters">Added to.</param>
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

    /// <summary>PT_INTERP of an ELF file (elf(5)); empty for a static one.</summary>
    private ByteString ElfInterpreter(int pid, ByteString path)
    {
        // The link leads to the program even if it has no name, or its name is another file's here.
        ReadOnlySpan<byte> name = ProcPath.Of(pid, "exe"u8);
        FileStamps.Of(name, follow: true, out FileStamp stamp);
        if (_elf.TryGetValue(path, out (FileStamp Stamp, ByteString Interpreter) known) && known.Stamp == stamp)
        {
            return known.Interpreter;
        }

        ByteString interpreter = ReadElfInterpreter(name);
        _elf[path] = (stamp, interpreter);
        return interpreter;
    }

    /// <summary>Adds what a program names to run it: by shebangs, and in an ELF file at the end of these.</summary>
    /// <param name="program">Absolute.</param>
    /// <param name="directory">Where the process stands that wants to run it.</param>
    /// <param name="interpreters">Added to, absolute.</param>
    /// <returns>Whether it comes to an ELF file, and not to what the kernel cannot run, or not find.</returns>
    public static bool ReadInterpreters(ByteString program, ByteString directory, List<ByteString> interpreters)
    {
        AddScripts(program, path => From(directory, path), interpreters);
        ByteString last = interpreters.Count == 0 ? program : interpreters[^1];
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
        long table = wide ? BinaryPrimitives.ReadInt64LittleEndian(header[32..]) : BinaryPrimitives.ReadInt32LittleEndian(header[28..]);
        int size = BinaryPrimitives.ReadUInt16LittleEndian(header[(wide ? 54 : 42)..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(header[(wide ? 56 : 44)..]);
        byte[] entries = new byte[size * Math.Min(count, 128)];
        int length = Files.ReadAt(name, table, entries);
        for (int at = 0; size > 0 && at + size <= length; at += size)
        {
            ReadOnlySpan<byte> entry = entries.AsSpan(at, size);
            if (BinaryPrimitives.ReadInt32LittleEndian(entry) == PT_INTERP)
            {
                long offset = wide ? BinaryPrimitives.ReadInt64LittleEndian(entry[8..]) : BinaryPrimitives.ReadInt32LittleEndian(entry[4..]);
                byte[] path = new byte[4096];
                int end = Files.ReadAt(name, offset, path);
                end = end <= 0 ? 0 : Math.Max(path.AsSpan(0, end).IndexOf((byte)0), 0);
                return new ByteString(path[..end]);
            }
        }

        return default;
    }
}
