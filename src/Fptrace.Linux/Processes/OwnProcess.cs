using System.Buffers.Text;
using System.Text;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using LibC = Tmds.Linux.LibC;

namespace Fptrace.Linux.Processes;

/// <summary>What the kernel knows of this process.</summary>
internal static class OwnProcess
{
    public const int CAP_SYS_PTRACE = 19;
    public const int CAP_SYS_ADMIN = 21;

    /// <summary>As the kernel has it: absolute, without symbolic links.</summary>
    public static byte[] WorkingDirectory()
    {
        byte[] link = new byte[4096];
        int length = Files.ReadLink("/proc/self/cwd\0"u8, link);
        return length > 0 ? link[..length] : [(byte)'/'];
    }

    /// <summary>Whether /proc numbers processes as this one does. It does not where it was mounted in another PID
    /// namespace.</summary>
    public static bool IsNumberedByProc
    {
        get
        {
            Span<byte> link = stackalloc byte[16];
            int length = Files.ReadLink("/proc/self\0"u8, link);
            return length > 0 && Utf8Parser.TryParse(link[..length], out int pid, out int digits)
                && digits == length && pid == Environment.ProcessId;
        }
    }

    /// <summary>How many bytes the environment takes.</summary>
    public static int EnvironmentSize => s_environmentSize.Value;

    /// <summary>How many bytes arguments and environment may take together: a quarter of the stack (execve(2)), which
    /// elsewhere is 8 MiB.</summary>
    public static long MostArguments => s_mostArguments.Value;

    /// <summary>What others see in place of the program's name, cut to 15 bytes: proc_pid_comm(5).</summary>
    public static void Rename(string name)
    {
        int fd = Files.Open(fcntl.AT_FDCWD, "/proc/self/comm\0"u8, fcntl.O_WRONLY);
        if (fd >= 0)
        {
            _ = Pipes.WriteAll(fd, Encoding.UTF8.GetBytes(name));
            Files.Close(fd);
        }
    }

    /// <summary>Whether no program interpreter (ld.so) was loaded with this program.</summary>
    public static bool IsStatic => libc.getauxval(libc.AT_BASE) == 0;

    /// <summary>Ends at once, whatever other threads do.</summary>
    public static void Exit(int status) => LibC._exit(status);

    public static int ParentId => LibC.getppid();

    /// <summary>A soft limit; all bits where there is none, or none is known.</summary>
    public static unsafe ulong Limit(int resource)
    {
        ulong* limits = stackalloc ulong[2];
        return libc.getrlimit(resource, limits) == 0 ? limits[0] : ulong.MaxValue;
    }

    /// <summary>The soft limit of open files.</summary>
    public static unsafe ulong OpenFilesLimit()
    {
        ulong* limits = stackalloc ulong[2];
        return libc.getrlimit(libc.RLIMIT_NOFILE, limits) == 0 ? limits[0] : 0;
    }

    /// <summary>Bytes that this process may take, by the machine's memory, its cgroup's, and its own limits.</summary>
    public static long AvailableMemory()
    {
        // The collector reserves half of all addresses, and crashes where it finds no more; code and stacks want
        // theirs.
        const int Share = 4;
        ulong limit = Math.Min(Limit(libc.RLIMIT_AS), Limit(libc.RLIMIT_DATA)) / Share;
        return (long)Math.Min((ulong)GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, limit);
    }

    public static unsafe void SetOpenFilesLimit(ulong soft)
    {
        ulong* limits = stackalloc ulong[2];
        if (soft != 0 && libc.getrlimit(libc.RLIMIT_NOFILE, limits) == 0 && limits[0] != soft)
        {
            limits[0] = soft;
            _ = libc.setrlimit(libc.RLIMIT_NOFILE, limits);
        }
    }

    private static readonly Lazy<int> s_environmentSize =
        new(() => Files.ReadAll("/proc/self/environ\0"u8)?.Length ?? 0);
    private static readonly Lazy<long> s_mostArguments = new(MeasureMostArguments);

    private static unsafe long MeasureMostArguments()
    {
        ulong* limits = stackalloc ulong[2];
        const int Least = 1 << 17;
        const int Most = 2 << 20;
        return libc.getrlimit(libc.RLIMIT_STACK, limits) == 0 ? (long)Math.Clamp(limits[0] / 4, Least, Most) : Most;
    }

    /// <summary>Gives up what a caller may wait for: its pipes, its directory, its session.</summary>
    /// <param name="except">A descriptor that stays.</param>
    public static void LetGoOfCaller(int except)
    {
        int nothing = Files.Open(fcntl.AT_FDCWD, "/dev/null\0"u8, fcntl.O_RDWR);
        string?[] standard = [.. Enumerable.Range(0, 3).Select(LinkOf)];
        foreach (string entry in Directory.GetFileSystemEntries("/proc/self/fd"))
        {
            // Ours all close on exec; what does not was inherited. The runtime keeps copies of the standard
            // descriptors.
            int fd = int.Parse(Path.GetFileName(entry), System.Globalization.CultureInfo.InvariantCulture);
            if (fd != except && fd != nothing
                && (fd <= 2 || DescriptorFlags.OfNumber(fd) == 0 || standard.Contains(LinkOf(fd))))
            {
                _ = LibC.dup2(nothing, fd);
            }
        }

        Files.Close(nothing);
        System.Environment.CurrentDirectory = "/";
        _ = LibC.setsid();
    }

    private static string? LinkOf(int fd)
    {
        try
        {
            return File.ResolveLinkTarget(string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"/proc/self/fd/{fd}"), returnFinalTarget: false)?.FullName;
        }
        catch (IOException)
        {
            // Closed meanwhile.
            return fd.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Whether no program that we or our children become gives rights (PR_SET_NO_NEW_PRIVS).</summary>
    public static bool HasNoNewPrivileges => libc.prctl(libc.PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;

    /// <summary>Whether whoever started us has confined us by seccomp.</summary>
    public static bool IsUnderSeccomp => libc.prctl(libc.PR_GET_SECCOMP, 0, 0, 0, 0) != 0;

    /// <summary>Words that end with a NUL each.</summary>
    public static byte[][] Words(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> rest = text;
        var words = new List<byte[]>();
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)0);
            words.Add((end < 0 ? rest : rest[..end]).ToArray());
            rest = end < 0 ? [] : rest[(end + 1)..];
        }

        return [.. words];
    }
}
