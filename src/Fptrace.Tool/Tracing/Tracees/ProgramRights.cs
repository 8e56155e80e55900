using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Linux.Processes;
using Fptrace.Model;

namespace Fptrace.Tracing.Tracees;

/// <summary>Finds programs that lack rights which their file gives, because we trace them.</summary>
/// <remarks>
/// There are two causes. Without CAP_SYS_ADMIN the kernel takes a filter only with no_new_privs, and then no program
/// gives rights. And a process whose tracer lacks CAP_SYS_PTRACE never gets any by execve(2). The outcome decides: what
/// a process has right after its execve is compared with what the file promises. A process that had the rights before
/// loses nothing. Thread-safe.
/// </remarks>
/// <param name="hasFilter">Whether the command runs under a filter of ours.</param>
internal sealed class ProgramRights(bool hasFilter)
{
    // Without it S_ISGID asks for mandatory locking (inode(7)).
    private const uint S_IXGRP = 0x8;

    private const ulong ToTrace = 1ul << OwnProcess.CAP_SYS_PTRACE;
    private const ulong ToFilter = 1ul << OwnProcess.CAP_SYS_ADMIN;

    // By the minor number of a device without a disk: whether a tracee may serve that file system.
    private readonly ConcurrentDictionary<uint, bool> _served = [];
    private readonly ulong _missing = (hasFilter
        ? ToTrace | ToFilter
        : ToTrace) & ~OwnStatus.Now().EffectiveCapabilities;

    /// <summary>Whether tracing can take any rights: this process lacks a capability that would keep them.</summary>
    public bool MayBeTaken => _missing != 0;

    /// <param name="pid">A process whose execve has just succeeded.</param>
    /// <param name="path">The path of its program, as we know it.</param>
    /// <returns>One line that names the program and the remedy; null when nothing is lost.</returns>
    public string? Lost(int pid, ByteString path)
    {
        if (!MayBeTaken)
        {
            return null;
        }

        // For a script the link leads to its interpreter, whose rights count. We may be denied to follow the link to a
        // program that the user may run, but not read.
        byte[] file = ProcPath.Of(pid, "exe"u8).ToArray();
        if (Files.Stat(fcntl.AT_FDCWD, file, fcntl.AT_STATX_DONT_SYNC, out statx program) < 0)
        {
            file = [.. path.Span, 0];
            if (Files.Stat(fcntl.AT_FDCWD, file, fcntl.AT_STATX_DONT_SYNC, out program) < 0)
            {
                return null;
            }
        }

        return !OwnProcess.HasNoNewPrivileges && WhatOf(pid, file, program) is { } what
            ? $"{NameOf(file, path)} {what} and got none of its rights, because an ordinary user traces it; run "
                + "fptrace as root" + (hasFilter ? ", or with --engine syscall, where it runs untraced" : "")
            : null;
    }

    /// <param name="pid">A process that is about to become a program.</param>
    /// <param name="path">The program's file, which runs: of a script, its interpreter.</param>
    /// <returns>The name of the program, and which rights it gets if it is not traced, and only then; null if there are
    /// none, or if this user may not execute it.</returns>
    public string? Given(int pid, ByteString path)
    {
        byte[] file = [.. path.Span, 0];
        if (Files.Stat(fcntl.AT_FDCWD, file, fcntl.AT_STATX_DONT_SYNC, out statx program) < 0
            || (program.stx_mode & stat.S_IFMT) != stat.S_IFREG
            || FileRights.Access(fcntl.AT_FDCWD, file, fcntl.X_OK) != 0)
        {
            return null;
        }

        // A user has all capabilities in a user namespace that he has made, so that there tracing loses nothing.
        ProcessStatus status = ProcessStatus.Of(pid);
        return !status.HasNoNewPrivileges && SharesUsers(pid) && WhatOf(pid, file, program) is { } what
            ? $"{NameOf(file, path)} {what}"
            : null;
    }

    /// <returns>Which rights the file of a program gives that a process lacks; null for none.</returns>
    private string? WhatOf(int pid, ReadOnlySpan<byte> file, in statx program)
    {
        if (IsServed(pid, program))
        {
            return null;
        }

        uint mode = program.stx_mode;
        bool givesUser = (mode & TraceeCredentials.S_ISUID) != 0;
        bool givesGroup = (mode & (TraceeCredentials.S_ISGID | S_IXGRP)) == (TraceeCredentials.S_ISGID | S_IXGRP);
        ulong capabilities = FileRights.Capabilities(file, out ulong inheritable);
        if ((!givesUser && !givesGroup && (capabilities | inheritable) == 0) || FileRights.IsOnNosuid(file))
        {
            return null;
        }

        // The kernel takes longer to write it than all that was asked before, and most programs give no rights.
        ProcessStatus status = ProcessStatus.Of(pid);
        Span<uint> users = stackalloc uint[2];
        Span<uint> groups = stackalloc uint[2];
        bool areTold = status.ReadUsers(users) == 2 && status.ReadGroup(groups) == 2;
        uint user = program.stx_uid;
        uint group = program.stx_gid;
        return givesUser && areTold && Lacks(pid, users[1], "uid_map"u8, user)
            ? Number("set-user-ID (user", user)
            : givesGroup && areTold && Lacks(pid, groups[1], "gid_map"u8, group) ? Number("set-group-ID (group", group)
            : LacksCapabilities(pid, status, capabilities, inheritable) ? "has capabilities"
            : null;
    }

    /// <summary>Whether a user's FUSE server would have to answer us. It may be a tracee that waits for us.</summary>
    /// <remarks>
    /// FUSE mounts of ordinary users are nosuid, so their programs give no rights and nothing is missed. The servers of
    /// root are no tracees of an ordinary user.
    /// </remarks>
    private bool IsServed(int pid, in statx file)
    {
        if (file.stx_dev_major != 0)
        {
            return false;
        }

        uint minor = file.stx_dev_minor;
        if (!_served.TryGetValue(minor, out bool isServed))
        {
            byte[] device = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $" 0:{minor} "));
            ReadOnlySpan<byte> table = Files.ReadAll(ProcPath.Of(pid, "mountinfo"u8));
            foreach (Range range in table.Split((byte)'\n'))
            {
                ReadOnlySpan<byte> line = table[range];
                isServed |= line.IndexOf(device) >= 0 && line.IndexOf(" - fuse"u8) >= 0
                    && line.IndexOf("nosuid"u8) >= 0;
            }

            _served[minor] = isServed;
        }

        return isServed;
    }

    private static string Number(string kind, uint id) =>
        string.Create(CultureInfo.InvariantCulture, $"is {kind} {id})");

    private static string NameOf(ReadOnlySpan<byte> file, ByteString path)
    {
        Span<byte> link = stackalloc byte[4097];
        int length = Files.ReadLink(file, link);
        return length > 0 && link[0] == '/' ? Encoding.UTF8.GetString(link[..length]) : path.ToString();
    }

    /// <summary>Whether a process lacks the effective id that its program's file gives, and could have it.</summary>
    private static bool Lacks(int pid, uint id, ReadOnlySpan<byte> map, uint owner) =>
        id != owner
        && (TraceeCredentials.HasOurUsers(pid) || TraceeCredentials.IsMapped(ProcPath.Of(pid, map), owner));

    private static bool LacksCapabilities(int pid, in ProcessStatus status, ulong capabilities, ulong inheritable)
    {
        if (!SharesUsers(pid))
        {
            return false;
        }

        ulong given = (capabilities & status.BoundingCapabilities) | (inheritable & status.InheritableCapabilities);
        return (given & ~status.PermittedCapabilities) != 0;
    }

    /// <summary>Whether a process is in our user namespace. The capabilities of a file count in one.</summary>
    /// <remarks>The link of the namespace may be denied to us, and the map never is.</remarks>
    private static bool SharesUsers(int pid)
    {
        ReadOnlySpan<byte> ours = Files.ReadAll("/proc/self/uid_map\0"u8);
        return ours.SequenceEqual(Files.ReadAll(ProcPath.Of(pid, "uid_map"u8)));
    }
}
