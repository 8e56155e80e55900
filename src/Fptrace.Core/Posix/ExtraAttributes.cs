using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Posix;

/// <summary>What a file, link or directory has besides content and mode, and would not have if it had simply been made:
/// owner, flags, extended attributes.</summary>
/// <remarks>
/// Capabilities, access control lists, <c>user.*</c> and <c>trusted.*</c> count (xattr(7)); labels of security modules
/// and what network file systems show as attributes do not, since every file gets these. Nor does a list that the
/// directory hands down (acl(5)).
/// </remarks>
internal static class ExtraAttributes
{
    /// <summary>There are none, and that is a step's own work.</summary>
    public const string Usual = "usual";

    private const int LongestList = 1 << 16;
    private const string AccessList = "system.posix_acl_access";
    private const string DefaultList = "system.posix_acl_default";
    private const string Capability = "security.capability";
    private const uint SetGroup = 0x400; // 02000

    /// <summary>One line for a machine: <c>owner=1000:1000 flags=immutable security.capability=DIGEST</c>; empty for
    /// what is usual.</summary>
    /// <param name="directory">Descriptor that the path is relative to, or AT_FDCWD.</param>
    /// <param name="path">Ends with a NUL; a link at its end is not followed.</param>
    public static string Of(int directory, ReadOnlySpan<byte> path)
    {
        if (FilesAt.Stat(directory, path, fcntl.AT_SYMLINK_NOFOLLOW, out statx found) < 0)
        {
            return "";
        }

        byte[] whole = Whole(directory, path);
        FileLook above = found.stx_gid == libc.getegid() && found.stx_uid == libc.geteuid()
            ? default
            : FileLook.At(fcntl.AT_FDCWD, Parent(whole), FinalLink.Follow);
        var parts = new List<string>();
        if (found.stx_uid != libc.geteuid()
            || (found.stx_gid != libc.getegid() && !((above.Mode & SetGroup) != 0 && above.Group == found.stx_gid)))
        {
            if (!IsUsualOwner(whole, found))
            {
                parts.Add($"owner={found.stx_uid}:{found.stx_gid}");
            }
        }

        if ((found.stx_attributes & statx.STATX_ATTR_IMMUTABLE) != 0)
        {
            parts.Add("flags=immutable");
        }

        if ((found.stx_attributes & statx.STATX_ATTR_APPEND) != 0)
        {
            parts.Add("flags=append-only");
        }

        AddAttributes(whole, parts);
        parts.Sort(StringComparer.Ordinal);
        return string.Join(' ', parts);
    }

    /// <summary>The same, to be compared with what a step has left.</summary>
    /// <param name="known">That; empty: it does not matter.</param>
    /// <param name="directory">As above.</param>
    /// <param name="path">As above.</param>
    public static string Now(string known, int directory, ReadOnlySpan<byte> path) =>
        known.Length == 0 ? known : Of(directory, path) is { Length: > 0 } now ? now : Usual;

    /// <summary>Why a cache cannot keep it, to follow the path of an output; null for what is usual.</summary>
    public static string? Fault(string attributes)
    {
        if (attributes.Length == 0 || attributes == Usual)
        {
            return null;
        }

        string first = attributes.Contains(Capability + "=", StringComparison.Ordinal)
            ? Capability
            : attributes[..attributes.IndexOf('=', StringComparison.Ordinal)];
        return first switch
        {
            Capability => "has file capabilities, which the cache does not keep",
            "owner" => "belongs to another user or group, which the cache does not keep",
            "flags" => $"is {attributes["flags=".Length..].Split(' ')[0]}, which the cache does not keep",
            AccessList or DefaultList => "has an access control list, which the cache does not keep",
            _ => $"has the extended attribute {first}, which the cache does not keep",
        };
    }

    /// <summary>The calls for attributes know no descriptors of directories (before Linux 6.13).</summary>
    private static byte[] Whole(int directory, ReadOnlySpan<byte> path) =>
        directory == fcntl.AT_FDCWD || path[0] == (byte)'/'
        ? path.ToArray()
        : [.. Encoding.ASCII.GetBytes($"/proc/self/fd/{directory}/"), .. path];

    private static byte[] Parent(ReadOnlySpan<byte> path)
    {
        int slash = path.LastIndexOf((byte)'/');
        return slash < 0 ? [(byte)'.', 0] : [.. path[..(slash + 1)], (byte)'.', 0];
    }

    /// <summary>Whether a file that we make there gets that owner: on some file systems all belong to one
    /// user.</summary>
    private static bool IsUsualOwner(byte[] path, in statx found)
    {
        int fd = libc.openat(fcntl.AT_FDCWD, in Parent(path)[0],
            fcntl.O_RDWR | fcntl.O_TMPFILE | fcntl.O_CLOEXEC, 0x180);
        if (fd < 0)
        {
            return false;
        }

        FileLook ours = FileLook.Of(fd);
        _ = libc.close(fd);
        return ours.User == found.stx_uid && ours.Group == found.stx_gid;
    }

    private static void AddAttributes(byte[] path, List<string> parts)
    {
        byte[] names = new byte[256];
        nint length = libc.llistxattr(in path[0], ref names[0], names.Length);
        if (length < 0 && Marshal.GetLastPInvokeError() == errno.ERANGE)
        {
            names = new byte[LongestList];
            length = libc.llistxattr(in path[0], ref names[0], names.Length);
        }

        ReadOnlySpan<byte> rest = names.AsSpan(0, (int)Math.Max(length, 0));
        while (rest.IndexOf((byte)0) is > 0 and int end)
        {
            var name = new ByteString(rest[..end]);
            rest = rest[(end + 1)..];
            string text = name.ToString();
            if (text is Capability || text.StartsWith("user.", StringComparison.Ordinal)
                || (text.StartsWith("trusted.", StringComparison.Ordinal)
                    && !text.StartsWith("trusted.overlay.", StringComparison.Ordinal)
                    && !text.StartsWith("trusted.SGI_", StringComparison.Ordinal)))
            {
                parts.Add($"{text}={TextDigest.Of(Value(path, [.. name.Span, 0]))}");
            }
            else if (text is AccessList or DefaultList)
            {
                // Of a list that is handed down the named entries stay as they are, and the rest gives way to the mode.
                byte[] value = Value(path, [.. name.Span, 0]);
                if (!Named(value)
                    .SequenceEqual(Named(Value(Parent(path), Encoding.ASCII.GetBytes(DefaultList + '\0')))))
                {
                    parts.Add($"{text}={TextDigest.Of(value)}");
                }
            }
        }
    }

    private static byte[] Value(byte[] path, byte[] name)
    {
        byte[] value = new byte[LongestList];
        nint length = libc.lgetxattr(in path[0], in name[0], ref value[0], value.Length);
        return value[..(int)Math.Max(length, 0)];
    }

    /// <summary>The entries of an access control list that name a user or a group: tag, permissions and number in 8
    /// bytes each, after a version of 4.</summary>
    private static List<ulong> Named(ReadOnlySpan<byte> list)
    {
        var entries = new List<ulong>();
        for (int at = sizeof(uint); at + sizeof(ulong) <= list.Length; at += sizeof(ulong))
        {
            const ushort User = 2;
            const ushort Group = 8;
            if (BinaryPrimitives.ReadUInt16LittleEndian(list[at..]) is User or Group)
            {
                entries.Add(BinaryPrimitives.ReadUInt64LittleEndian(list[at..]));
            }
        }

        return entries;
    }
}
