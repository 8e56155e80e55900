using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Proc;

namespace Fptrace.Tracing.Proc;

/// <summary>
/// The kernel's tables of sockets, such as /proc/ID/net/tcp, of a process's network namespace (proc(5)).
/// </summary>
internal static class SocketTable
{
    /// <summary>TCP_LISTEN of the kernel's net/tcp_states.h.</summary>
    private const int Listening = 0x0a;

    // Positions of the words in a line, from 0 on.
    private const int LocalColumn = 1;
    private const int RemoteColumn = 2;
    private const int StateColumn = 3;
    private const int InodeColumn = 9;
    private const int TypeColumnOfUnix = 4;
    private const int InodeColumnOfUnix = 6;

    /// <summary>The inodes of the sockets that would take a connection to an address.</summary>
    public static List<ulong> Listeners(int tid, InternetEndpoint target) =>
        [.. Rows(tid, SocketProtocol.Stream).Where(row => row.State == Listening && row.Local.Receives(target))
            .Select(row => row.Inode)];

    /// <summary>The inodes of the sockets that would get a datagram to an address.</summary>
    public static List<ulong> Receivers(int tid, InternetEndpoint target) =>
        [.. Rows(tid, SocketProtocol.Datagram).Where(row => row.Local.Receives(target)).Select(row => row.Inode)];

    /// <summary>Both ends of the connection that a socket has; null when it has none any more.</summary>
    public static (InternetEndpoint Local, InternetEndpoint Remote)? Connection(int tid, ulong inode)
    {
        foreach (Row row in Rows(tid, SocketProtocol.Stream))
        {
            if (row.Inode == inode)
            {
                return (row.Local, row.Remote);
            }
        }

        return null;
    }

    /// <summary>Whether a Unix socket takes datagrams.</summary>
    public static bool IsForDatagrams(int tid, ulong inode)
    {
        // A line is: number, references, protocol, flags, type (SOCK_DGRAM is 2), state, inode, path.
        ReadOnlySpan<byte> text = Files.ReadAll(ProcPath.Of(tid, "net/unix"u8));
        foreach (Range line in text.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> row = text[line];
            int column = 0;
            bool isDatagram = false;
            foreach (Range word in row.Split((byte)' '))
            {
                if (row[word].IsEmpty)
                {
                    continue;
                }

                if (column == TypeColumnOfUnix)
                {
                    isDatagram = row[word].SequenceEqual("0002"u8);
                }
                else if (column == InodeColumnOfUnix)
                {
                    if (isDatagram && Utf8Parser.TryParse(row[word], out ulong found, out _) && found == inode)
                    {
                        return true;
                    }

                    break;
                }

                column++;
            }
        }

        return false;
    }

    private static List<Row> Rows(int tid, SocketProtocol protocol)
    {
        var rows = new List<Row>();
        bool isStream = protocol == SocketProtocol.Stream;
        Read(Files.ReadAll(ProcPath.Of(tid, isStream ? "net/tcp"u8 : "net/udp"u8)), rows);
        Read(Files.ReadAll(ProcPath.Of(tid, isStream ? "net/tcp6"u8 : "net/udp6"u8)), rows);
        return rows;
    }

    private static void Read(ReadOnlySpan<byte> text, List<Row> rows)
    {
        // The first line is a heading.
        int end;
        for (text = text[(text.IndexOf((byte)'\n') + 1)..]; (end = text.IndexOf((byte)'\n')) > 0;
            text = text[(end + 1)..])
        {
            if (TryRead(text[..end], out Row row))
            {
                rows.Add(row);
            }
        }
    }

    private static bool TryRead(ReadOnlySpan<byte> line, out Row row)
    {
        row = default;
        InternetEndpoint local = default;
        InternetEndpoint remote = default;
        int state = 0;
        for (int column = 0; !line.IsEmpty; column++)
        {
            line = line.TrimStart((byte)' ');
            int space = line.IndexOf((byte)' ');
            ReadOnlySpan<byte> word = space < 0 ? line : line[..space];
            line = line[word.Length..];
            switch (column)
            {
                case LocalColumn when !TryReadEndpoint(word, out local):
                case RemoteColumn when !TryReadEndpoint(word, out remote):
                case StateColumn when !Utf8Parser.TryParse(word, out state, out _, 'x'):
                    return false;
                case InodeColumn:
                    bool isRead = Utf8Parser.TryParse(word, out ulong inode, out _);
                    row = new Row(local, remote, state, inode);
                    return isRead;
                default:
                    break;
            }
        }

        return false;
    }

    /// <summary>
    /// Reads an endpoint: the address as 32-bit words in host byte order, a colon, the port, all in hex.
    /// </summary>
    private static bool TryReadEndpoint(ReadOnlySpan<byte> text, out InternetEndpoint endpoint)
    {
        endpoint = default;
        Span<byte> address = stackalloc byte[16];
        int colon = text.IndexOf((byte)':');
        if (colon is not (8 or 32) || !Utf8Parser.TryParse(text[(colon + 1)..], out int port, out _, 'x'))
        {
            return false;
        }

        for (int at = 0; at < colon; at += 8)
        {
            if (!uint.TryParse(text.Slice(at, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture,
                out uint word))
            {
                return false;
            }

            BinaryPrimitives.WriteUInt32LittleEndian(address[(at / 2)..], word);
        }

        endpoint = InternetEndpoint.Of(address[..(colon / 2)], port);
        return true;
    }

    private readonly record struct Row(InternetEndpoint Local, InternetEndpoint Remote, int State, ulong Inode);
}
