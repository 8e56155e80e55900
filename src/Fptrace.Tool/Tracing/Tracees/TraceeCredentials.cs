using System.Buffers.Text;
using System.Globalization;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Proc;
using Fptrace.Linux.Processes;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Tracees;

/// <summary>Looks files up with a tracee's ids and capabilities, where they may differ from ours, on the calling thread only.</summary>
/// <remarks>
/// Without privileges neither we nor the tracee can have become anyone else, but for the capabilities of a user namespace:
/// <see cref="Overrides"/> asks for those.
/// </remarks>
internal readonly ref struct TraceeCredentials
{
    internal const uint S_ISUID = 0x800;
    internal const uint S_ISGID = 0x400;
    private static readonly byte[] s_ourUsers = Namespace(Environment.ProcessId);

    private readonly bool _borrowed;

    private TraceeCredentials(bool borrowed) => _borrowed = borrowed;

    /// <summary>Whether the program that a process has just become may have given it other ids.</summary>
    public static bool MayComeFromProgram(int pid) =>
        Files.IsPrivileged
        && FileStamps.Of(ProcPath.Of(pid, "exe"u8), follow: true, out Model.FileStamp program) == 0
        && (program.Mode & (S_ISUID | S_ISGID)) != 0;

    public static TraceeCredentials Borrow(Tracee tracee)
    {
        if (!tracee.HasOwnCredentials || !Files.IsPrivileged)
        {
            return default;
        }

        ProcessStatus status = ProcessStatus.Of(tracee.Tid);
        Span<uint> ids = stackalloc uint[4];
        if (status.ReadUsers(ids) < 4)
        {
            return default;
        }

        uint uid = ids[3];
        if (status.ReadGroup(ids) < 4)
        {
            return default;
        }

        // The capabilities of a user namespace are worth nothing outside of it.
        uint capabilities = HasOurUsers(tracee.Tid) ? FileCapabilities(status) : 0;
        Span<uint> groups = new uint[256];
        int count;
        while ((count = status.ReadGroups(groups)) == groups.Length)
        {
            groups = new uint[2 * groups.Length];
        }

        ThreadCredentials.Take(uid, ids[3], groups[..count], capabilities);
        return new TraceeCredentials(borrowed: true);
    }

    /// <summary>Whether a tracee may pass over the permissions of a file that we were denied, by the capabilities that it has in its user namespace.</summary>
    /// <param name="tracee">Denied by <see cref="Borrow"/>'s ids.</param>
    /// <param name="owner">Of the file: user and group; null when we cannot even see the file.</param>
    public static bool Overrides(Tracee tracee, (uint User, uint Group)? owner)
    {
        if (!tracee.HasOwnCredentials || HasOurUsers(tracee.Tid) || FileCapabilities(ProcessStatus.Of(tracee.Tid)) == 0)
        {
            return false;
        }

        // user_namespaces(7): both ids of the file must have a meaning in the namespace.
        return owner is not { } ids
            || (IsMapped(ProcPath.Of(tracee.Tid, "uid_map"u8), ids.User) && IsMapped(ProcPath.Of(tracee.Tid, "gid_map"u8), ids.Group));
    }

    public void Dispose()
    {
        if (_borrowed)
        {
            ThreadCredentials.Restore();
        }
    }

    internal static bool HasOurUsers(int tid) => s_ourUsers.AsSpan().SequenceEqual(Namespace(tid));

    private static byte[] Namespace(int tid)
    {
        Span<byte> link = stackalloc byte[64];
        int length = Files.ReadLink(ProcPath.Of(tid, "ns/user"u8), link);
        return link[..Math.Max(length, 0)].ToArray();
    }

    private static uint FileCapabilities(in ProcessStatus status) =>
        (uint)status.EffectiveCapabilities & ThreadCredentials.FileCapabilities;

    // Lines of three numbers: the first id inside, the first outside, and how many.
    internal static bool IsMapped(ReadOnlySpan<byte> map, uint id)
    {
        ReadOnlySpan<byte> text = Files.ReadAll(map);
        Span<uint> numbers = stackalloc uint[3];
        foreach (Range line in text.Split((byte)'\n'))
        {
            if (ProcessStatus.ReadNumbers(text[line], numbers) == 3 && id - numbers[1] < numbers[2])
            {
                return true;
            }
        }

        return false;
    }
}
