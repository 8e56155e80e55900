using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Model;

namespace Fptrace.Posix;

/// <summary>
/// The owner, flags and extended attributes of a file, link or directory that a new one would not have.
/// </summary>
/// <remarks>
/// Capabilities, access control lists, <c>user.*</c> and <c>trusted.*</c> count (xattr(7)). Labels of security modules
/// and the attributes that network file systems show do not, since every file gets them. An access control list that
/// the file inherits from its directory does not count either (acl(5)).
/// </remarks>
internal static class ExtraAttributes
{
    /// <summary>A step set attributes, and the result is what a new file would have.</summary>
    public const string Usual = "usual";

    private const int LongestList = 1 << 16;
    private const string AccessList = "system.posix_acl_access";
    private const string DefaultList = "system.posix_acl_default";
    private const string Capability = "security.capability";
    private const uint SetGroup = 0x400; // 02000

    /// <summary>
    /// The attributes in one machine-readable line, <c>owner=1000:1000 flags=immutable security.capability=DIGEST</c>;
    /// empty if there is nothing unusual.
    /// </summary>
    /// <param name="directory">The descriptor that the path is relative to, or AT_FDCWD.</param>
    /// <param name="path">Ends with a NUL. A final link is kept.</param>
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

    /// <summary>The current attributes, in a form to compare with what a step left.</summary>
    /// <param name="known">What the step left. If empty, attributes do not matter, and the result is empty.</param>
    /// <param name="directory">The descriptor that the path is relative to, or AT_FDCWD.</param>
    /// <param name="path">Ends with a NUL. A final link is kept.</param>
    public static string Now(string known, int directory, ReadOnlySpan<byte> path) =>
        known.Length == 0 ? known : Of(directory, path) is { Length: > 0 } now ? now : Usual;

    /// <summary>The reason why a cache cannot keep such an output, worded to follow its path; null if it can.</summary>
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

    /// <summary>
    /// The path without a descriptor: the calls for attributes take none before Linux 6.13 (getxattrat).
    /// </summary>
    private static byte[] Whole(int directory, ReadOnlySpan<byte> path) =>
        directory == fcntl.AT_FDCWD || path[0] == (byte)'/'
        ? path.ToArray()
        : [.. Encoding.ASCII.GetBytes($"/proc/self/fd/{directory}/"), .. path];

    private static byte[] Parent(ReadOnlySpan<byte> path)
    {
        int slash = path.LastIndexOf((byte)'/');
        return slash < 0 ? [(byte)'.', 0] : [.. path[..(slash + 1)], (byte)'.', 0];
    }

    /// <summary>
    /// Whether a new file in that directory gets this owner: some file systems give all files to one user.
    /// </summary>
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
                // An inherited list keeps its entries for named users and groups. Its other entries follow the mode.
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

    /// <summary>The entries of an access control list that name a user or a group.</summary>
    /// <remarks>The list has a version of 4 bytes, then entries of 8 bytes: tag, permissions and number.</remarks>
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
