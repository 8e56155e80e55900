using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Proc;
using Fptrace.Linux.Processes;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Tracees;

/// <summary>Lets the calling thread look files up with a tracee's ids and capabilities.</summary>
/// <remarks>
/// It changes anything only if we are privileged. Otherwise the tracee can have got no other ids than ours, and no
/// other rights than those of a user namespace. For these ask <see cref="Overrides"/>.
/// </remarks>
internal readonly ref struct TraceeCredentials
{
    internal const uint S_ISUID = 0x800;
    internal const uint S_ISGID = 0x400;
    private static readonly byte[] s_ourUsers = Namespace(Environment.ProcessId);

    private bool IsBorrowed { get; init; }

    /// <summary>Whether the program that a process has just become may have given it other ids.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="mode">The mode of the file that runs; null if nobody has looked.</param>
    public static bool MayComeFromProgram(int pid, uint? mode) =>
        Files.IsPrivileged && ((mode ?? ModeOfProgram(pid)) & (S_ISUID | S_ISGID)) != 0;

    private static uint ModeOfProgram(int pid) =>
        FileStamps.Of(ProcPath.Of(pid, "exe"u8), FinalLink.Follow, out Model.FileStamp program) == 0
            ? program.Mode : 0;

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

        // The capabilities that a process has in its own user namespace mean nothing outside of it.
        uint capabilities = HasOurUsers(tracee.Tid) ? FileCapabilities(status) : 0;
        Span<uint> groups = new uint[256];
        int count;
        while ((count = status.ReadGroups(groups)) == groups.Length)
        {
            groups = new uint[2 * groups.Length];
        }

        ThreadCredentials.Take(uid, ids[3], groups[..count], capabilities);
        return new TraceeCredentials { IsBorrowed = true };
    }

    /// <summary>Whether a tracee may open a file that we were denied, by a capability in its user namespace.</summary>
    /// <param name="tracee">The tracee, whose ids <see cref="Borrow"/> took for the lookup.</param>
    /// <param name="owner">User and group of the file; null when we cannot even see the file.</param>
    public static bool Overrides(Tracee tracee, (uint User, uint Group)? owner)
    {
        if (!tracee.HasOwnCredentials || HasOurUsers(tracee.Tid) || FileCapabilities(ProcessStatus.Of(tracee.Tid)) == 0)
        {
            return false;
        }

        // A capability counts only if the namespace has both ids of the file (user_namespaces(7)).
        return owner is not { } ids
            || (IsMapped(ProcPath.Of(tracee.Tid, "uid_map"u8), ids.User)
                && IsMapped(ProcPath.Of(tracee.Tid, "gid_map"u8), ids.Group));
    }

    public void Dispose()
    {
        if (IsBorrowed)
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

    // A line of a map has three numbers: the first id inside, the first id outside, and the count (user_namespaces(7)).
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
