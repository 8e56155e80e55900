using System.Text;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Proc;
using Fptrace.Model;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Names;

/// <summary>Names the file of a descriptor: by its path, or by a fictional name where it has none.</summary>
/// <remarks>
/// The standard streams of the command are called <c>/dev/stdin</c>, <c>/dev/stdout</c> and <c>/dev/stderr</c>,
/// whatever descriptor leads there. We or our proxy have them open, too, so kcmp(2) can tell whether a descriptor is
/// one of them. Pipes and sockets are numbered in the order in which they are first seen. Thread-safe.
/// </remarks>
internal sealed class DescriptorNames
{
    private const int LongestLink = 4096;
    private static readonly ByteString[] s_standardNames = [new("/dev/stdin"u8), new("/dev/stdout"u8),
        new("/dev/stderr"u8)];
    private readonly byte[]?[] _standard = new byte[]?[3];
    private readonly Dictionary<string, int> _numbers = [];
    private readonly Dictionary<string, int> _counts = [];

    public DescriptorNames() => Programs = new KnownPrograms(Remote);

    public BoundSockets Sockets { get; } = new();

    /// <summary>The internet sockets by which the command talks with itself.</summary>
    public LoopbackSockets Loopback { get; } = new();

    /// <summary>Who is at the other end of the command's Unix sockets and FIFOs.</summary>
    public Peers Peers { get; } = new();

    public HostNames Hosts { get; } = new();

    public RemoteMounts Remote { get; } = new();

    public NewMounts NewMounts { get; } = new();

    public OwnLinks OwnLinks { get; } = new();

    public KnownPrograms Programs { get; }

    /// <summary>A process of ours that has the command's standard streams open under their numbers.</summary>
    public int StreamsOf { get; set; } = Environment.ProcessId;

    /// <summary>
    /// Called with a process and a link when a descriptor was taken for a standard stream, but kcmp was denied.
    /// </summary>
    public Action<int, ByteString>? Guessed { get; set; }

    private static ReadOnlySpan<byte> Deleted => " (deleted)"u8;

    /// <summary>Learns the standard streams from the first process of the command, right after its execve.</summary>
    public void LearnStandard(int pid)
    {
        byte[] link = new byte[LongestLink];
        for (int fd = 0; fd <= 2; fd++)
        {
            int length = Files.ReadLink(ProcPath.Of(pid, "fd"u8, fd), link);
            _standard[fd] = length > 0 ? link[..length] : null;
        }
    }

    /// <summary>Whether a descriptor is the command's standard stream of the same number, as most are.</summary>
    /// <remarks>Asks kcmp alone, which spares a look into /proc of some 10 µs.</remarks>
    /// <returns>False also when the kernel does not tell.</returns>
    public bool IsOwnStandard(int pid, int fd) =>
        fd is >= 0 and <= 2 && _standard[fd] is not null && Descriptions.Same(pid, fd, StreamsOf, fd) == true;

    /// <summary>The name of a standard stream.</summary>
    public static ByteString NameOfStandard(int fd) => s_standardNames[fd];

    /// <summary>Writes the name for a target of /proc/PID/fd/N.</summary>
    /// <returns>Its length; <paramref name="isDeleted"/> tells whether the path exists no more.</returns>
    public int NameOf(int pid, int fd, ReadOnlySpan<byte> link, Span<byte> name, out bool isDeleted)
    {
        isDeleted = false;
        if (StandardOf(pid, fd, link) is int standard)
        {
            return Copy(NameOfStandard(standard).Span, name);
        }

        if (IsMemoryFile(link))
        {
            return NameOfMemoryFile(ProcPath.Of(pid, "fd"u8, fd), name);
        }

        if (link.StartsWith("/"u8))
        {
            if (Hosts.IsForeign(pid) && Hosts.OfLink(pid, ProcPath.Of(pid, "fd"u8, fd)) is { IsEmpty: false } host)
            {
                return Copy(host.Span, name);
            }

            isDeleted = IsDeleted(link);
            return Copy(isDeleted ? link[..^Deleted.Length] : link, name);
        }

        int colon = link.IndexOf((byte)':');
        string kind = Encoding.UTF8.GetString(colon < 0 ? link : link[..colon]);
        return Copy(Encoding.UTF8.GetBytes($"/dev/fptrace/{kind}/{Number(kind, link)}"), name);
    }

    /// <summary>The name of a running program, for a target of /proc/PID/exe.</summary>
    public ByteString NameOfProgram(int pid, ReadOnlySpan<byte> link)
    {
        if (IsMemoryFile(link))
        {
            Span<byte> name = stackalloc byte[64];
            return new ByteString(name[..NameOfMemoryFile(ProcPath.Of(pid, "exe"u8), name)]);
        }

        return Hosts.IsForeign(pid) && Hosts.OfLink(pid, ProcPath.Of(pid, "exe"u8)) is { IsEmpty: false } host
            ? host
            : new ByteString(WithoutDeleted(link));
    }

    /// <summary>Whether it is a file of memfd_create(2), which has no name in any file system.</summary>
    public static bool IsMemoryFile(ReadOnlySpan<byte> link) => link.StartsWith("/memfd:"u8);

    /// <param name="link">The link in /proc that leads to the file. The inode tells apart files that were named
    /// alike.</param>
    /// <param name="name">The buffer for the name.</param>
    /// <returns>The length of the name.</returns>
    public int NameOfMemoryFile(ReadOnlySpan<byte> link, Span<byte> name)
    {
        FileStamps.Of(link, FinalLink.Follow, out FileStamp file);
        return Copy(
            Encoding.UTF8.GetBytes(
                $"/dev/fptrace/memfd/{Number("memfd", Encoding.UTF8.GetBytes($"memfd:{file.Inode}"))}"), name);
    }

    /// <summary>The target of a link in /proc, without the mark that the kernel gives to a deleted name.</summary>
    public static ReadOnlySpan<byte> WithoutDeleted(ReadOnlySpan<byte> link) =>
        IsDeleted(link) ? link[..^Deleted.Length] : link;

    /// <summary>Whether the kernel has marked this path as deleted. A file may also be called so itself.</summary>
    public static bool IsDeleted(ReadOnlySpan<byte> link)
    {
        if (!link.EndsWith(Deleted))
        {
            return false;
        }

        Span<byte> path = stackalloc byte[link.Length + 1];
        link.CopyTo(path);
        path[^1] = 0;
        return FileStamps.Of(path, FinalLink.Keep, out _) < 0;
    }

    /// <returns>0 to 2; null when it is none of the command's standard streams.</returns>
    private int? StandardOf(int pid, int fd, ReadOnlySpan<byte> link)
    {
        // Several streams often are one terminal. Then the number of the descriptor decides.
        if (fd is >= 0 and <= 2 && IsStandard(fd, pid, fd, link))
        {
            return fd;
        }

        for (int i = 0; i <= 2; i++)
        {
            if (i != fd && IsStandard(i, pid, fd, link))
            {
                return i;
            }
        }

        return null;
    }

    // The links are compared first, because that costs no system call.
    private bool IsStandard(int i, int pid, int fd, ReadOnlySpan<byte> link) =>
        _standard[i] is { } standard && link.SequenceEqual(standard)
            && (Descriptions.Same(pid, fd, StreamsOf, i) ?? LooksStandard(i, pid, fd, link));

    /// <summary>
    /// Whether a descriptor looks like a standard stream, for sandboxes that deny kcmp, as Docker does.
    /// </summary>
    /// <remarks>It does if it has the same name, was opened in the same way, and is read or written as far.</remarks>
    private bool LooksStandard(int i, int pid, int fd, ReadOnlySpan<byte> link)
    {
        bool looks = DescriptorInfo.MayBeSame(StreamsOf, i, pid, fd);
        if (looks)
        {
            Guessed?.Invoke(pid, new ByteString(link));
        }

        return looks;
    }

    private int Number(string kind, ReadOnlySpan<byte> link)
    {
        string key = Encoding.UTF8.GetString(link);
        lock (_numbers)
        {
            if (!_numbers.TryGetValue(key, out int number))
            {
                _counts[kind] = number = _counts.GetValueOrDefault(kind) + 1;
                _numbers.Add(key, number);
            }

            return number;
        }
    }

    private static int Copy(ReadOnlySpan<byte> from, Span<byte> to)
    {
        from.CopyTo(to);
        return from.Length;
    }
}
