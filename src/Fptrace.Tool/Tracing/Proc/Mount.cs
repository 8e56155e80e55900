using Fptrace.Model;

namespace Fptrace.Tracing.Proc;

/// <summary>One line of proc_pid_mountinfo(5).</summary>
/// <param name="Id">Unique among the mounts that exist.</param>
/// <param name="Device">st_dev of its files, as "major:minor".</param>
/// <param name="Root">The directory of the file system that is mounted; empty for "/".</param>
/// <param name="Point">The mount point, as seen from the root of the process that was asked; empty for "/".</param>
/// <param name="Type">The file system type.</param>
internal sealed record Mount(int Id, ByteString Device, ByteString Root, ByteString Point, ByteString Type)
{
    /// <summary>
    /// Whether the kernel makes the files. They have the same names wherever such a file system is mounted.
    /// </summary>
    public bool IsKernels => Type.Span is var type
        && (type.SequenceEqual("proc"u8) || type.SequenceEqual("sysfs"u8) || type.StartsWith("cgroup"u8)
            || type.SequenceEqual("devpts"u8));

    /// <summary>
    /// Whether the file system was empty when it was made. Others, such as overlay, show files from elsewhere.
    /// </summary>
    public bool StartsEmpty => Type.Span is var type
        && (type.SequenceEqual("tmpfs"u8) || type.SequenceEqual("ramfs"u8) || type.SequenceEqual("mqueue"u8));

    /// <summary>Another process, or another machine, answers for it, and may not.</summary>
    public bool IsRemote => IsRemoteType(Type.Span);

    /// <summary>The same of the name of a file system type.</summary>
    public static bool IsRemoteType(ReadOnlySpan<byte> type) =>
        (type.StartsWith("fuse"u8) && !type.SequenceEqual("fusectl"u8)) || type.StartsWith("nfs"u8)
            || type.StartsWith("smb"u8) || type.SequenceEqual("cifs"u8)
            || type.SequenceEqual("9p"u8) || type.SequenceEqual("ceph"u8) || type.SequenceEqual("afs"u8)
            || type.SequenceEqual("lustre"u8) || type.SequenceEqual("autofs"u8) || type.SequenceEqual("virtiofs"u8);

    /// <summary>
    /// Whether it is remote, and even SIGKILL does not end a thread that waits for it. NFS and others wait killably.
    /// </summary>
    public bool HoldsTheKilled => Type.Span is var type
        && ((type.StartsWith("fuse"u8) && !type.SequenceEqual("fusectl"u8)) || type.SequenceEqual("virtiofs"u8)
            || type.SequenceEqual("9p"u8));

    public static List<Mount> Read(ReadOnlySpan<byte> table)
    {
        var mounts = new List<Mount>();
        foreach (Range line in table.Split((byte)'\n'))
        {
            if (TryParse(table[line], out Mount? mount))
            {
                mounts.Add(mount);
            }
        }

        return mounts;
    }

    // ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [FIELDS...] - TYPE SOURCE OPTIONS
    private static bool TryParse(ReadOnlySpan<byte> line,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Mount? mount)
    {
        mount = null;
        int separator = line.IndexOf(" - "u8);
        if (separator < 0 || !System.Buffers.Text.Utf8Parser.TryParse(line, out int id, out _))
        {
            return false;
        }

        ReadOnlySpan<byte> type = line[(separator + 3)..];
        Next(ref line);
        Next(ref line);
        mount = new Mount(id, new ByteString(Next(ref line)), Unescape(Next(ref line)), Unescape(Next(ref line)),
            new ByteString(Next(ref type)));
        return true;
    }

    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> line)
    {
        int end = line.IndexOf((byte)' ');
        ReadOnlySpan<byte> field = end < 0 ? line : line[..end];
        line = end < 0 ? [] : line[(end + 1)..];
        return field;
    }

    // mountinfo writes space, tab, newline and backslash as a backslash and three octal digits.
    private static ByteString Unescape(ReadOnlySpan<byte> text)
    {
        if (text.SequenceEqual("/"u8))
        {
            return default;
        }

        byte[] plain = new byte[text.Length];
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length)
            {
                plain[length++] = (byte)(((text[i + 1] - '0') << 6) | ((text[i + 2] - '0') << 3) | (text[i + 3] - '0'));
                i += 3;
            }
            else
            {
                plain[length++] = text[i];
            }
        }

        return new ByteString(plain.AsSpan(0, length));
    }
}
