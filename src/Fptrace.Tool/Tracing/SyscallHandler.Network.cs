using System.Text;
using Fptrace.Interop;
using Fptrace.Model;

namespace Fptrace.Tracing;

/// <summary>Sockets that get an address: what comes through them is not in the trace, and the verdict says so.</summary>
/// <remarks>The attempt counts, whatever becomes of it: that nobody answers is an answer from outside too.</remarks>
internal sealed partial class SyscallHandler
{
    // sendmmsg(2) takes no more at once.
    private const int MostMessages = 1024;

    private const string ListensAt = "it listens at ";
    private const string ReachesFor = "it reaches for ";

    private EntryAnswer EnterBind(Tracee tracee, int fd, ulong address, int length)
    {
        Span<byte> bytes = stackalloc byte[SocketAddress.MostBytes];
        if (!TryReadAddress(address, length, bytes, out SocketAddress bound))
        {
            return EntryAnswer.Go;
        }

        if (bound.IsAbstract)
        {
            return Bind(tracee, fd, default, new ByteString(bound.UnixName), default);
        }

        if (!bound.UnixPath.IsEmpty && _paths.Resolve(tracee, fcntl.AT_FDCWD, bound.UnixPath, _path))
        {
            return Bind(tracee, fd, new ByteString(_path.Name), new ByteString(bound.UnixPath), InTheWay(_path));
        }

        if (_plan.Network && bound.IsLocal)
        {
            return EnterLocalBind(tracee, fd, bound);
        }

        AddNetwork(tracee, bound, ListensAt);
        return EntryAnswer.Go;
    }

    private EntryAnswer Bind(Tracee tracee, int fd, ByteString path, ByteString given, in FileStamp before)
    {
        _names.Sockets.Begin(path.IsEmpty ? given : path);
        return Want(tracee, new PendingCall { Operation = Operation.Bind, Flags = fd, Path = path, Path2 = given, Before = before });
    }

    private void ExitBind(Tracee tracee, PendingCall call, long result)
    {
        bool succeeded = result >= 0;
        if (!call.Address.IsEmpty)
        {
            ExitLocalBind(tracee, call, result);
            return;
        }

        if (succeeded && call.Path.IsEmpty)
        {
            _names.Sockets.Add(call.Path2);
            NoteReceiver(tracee, call, default);
        }
        else if (succeeded)
        {
            // Like mknod: the socket file is new, or the call had failed.
            Record(tracee, Made(call.Path, FileType.Socket));
            if (_paths.Resolve(tracee, fcntl.AT_FDCWD, call.Path2.Span, _path) && _path.Stat(follow: true, out FileStamp file) == 0)
            {
                _names.Sockets.Add(file);
                NoteReceiver(tracee, call, file);
            }
        }
        else
        {
            ExitFailed(tracee, call, result);
        }

        _names.Sockets.End(call.Path.IsEmpty ? call.Path2 : call.Path);
    }

    /// <summary>A datagram does not tell who has sent it.</summary>
    private void NoteReceiver(Tracee tracee, PendingCall call, in FileStamp file)
    {
        if (_plan.Network && TryInode(tracee, call.Flags, out ulong inode) && SocketTable.IsForDatagrams(tracee.Tid, inode))
        {
            _names.Meetings.Receive(file.Exists ? call.Path : call.Path2, file, tracee.Tgid);
        }
    }

    /// <summary>Whether a process reaches for a socket of the command.</summary>
    private bool ReachesOwn(Tracee tracee, ByteString name, in FileStamp file)
    {
        bool isOwn = _names.Sockets.Explains(name, file, tracee.Tgid);
        if (isOwn)
        {
            _names.Meetings.Reach(name, file);
        }

        return isOwn;
    }

    private EntryAnswer EnterConnect(Tracee tracee, in SyscallEntry call)
    {
        ulong address = call.Argument(call.Form.Path);
        tracee.Connecting = (call.At, address);
        return EnterConnect(tracee, call.At, address, call.Int(call.Form.Extra), seesEnd: call.Form.Operation == Operation.Connect);
    }

    private EntryAnswer EnterConnect(Tracee tracee, int fd, ulong address, int length, bool seesEnd)
    {
        Span<byte> bytes = stackalloc byte[SocketAddress.MostBytes];
        if (!TryReadAddress(address, length, bytes, out SocketAddress server))
        {
            return EntryAnswer.Go;
        }

        if (server.IsAbstract)
        {
            var name = new ByteString(server.UnixName);
            if (!ReachesOwn(tracee, name, default))
            {
                _recorder.AddServer(tracee.Tgid, name);
            }
        }
        else if (!server.UnixPath.IsEmpty)
        {
            return ConnectToFile(tracee, server.UnixPath, seesEnd);
        }

        if (!_plan.Network || !server.IsLocal)
        {
            AddNetwork(tracee, server, ReachesFor);
            return EntryAnswer.Go;
        }

        if (seesEnd)
        {
            return EnterLocalConnect(tracee, fd, server);
        }

        SendLocally(tracee, fd, server);
        return EntryAnswer.Go;
    }

    private EntryAnswer ConnectToFile(Tracee tracee, ReadOnlySpan<byte> path, bool seesEnd)
    {
        if (!_paths.Resolve(tracee, fcntl.AT_FDCWD, path, _path))
        {
            return EntryAnswer.Go;
        }

        FileStamp file;
        using (TraceeCredentials.Borrow(tracee))
        {
            _path.Stat(follow: true, out file);
        }

        if (_plan.Probes && !Knows(tracee, _path, ExistenceBits))
        {
            _recorder.Record(tracee.Execution, file.Exists ? AccessKind.Probe : AccessKind.Absent, _path.Name, file.Type, file);
        }

        if (!file.Exists)
        {
            _names.Meetings.ReachEarly(new ByteString(_path.Name));
        }

        if (file.Type == FileType.Socket && !IsSystemService(_path.Name))
        {
            var name = new ByteString(_path.Name);
            if (!ReachesOwn(tracee, name, file))
            {
                if (seesEnd)
                {
                    return Want(tracee, new PendingCall { Operation = Operation.Connect, Path = name });
                }

                _recorder.AddServer(tracee.Tgid, name);
            }
        }

        return EntryAnswer.Go;
    }

    /// <summary>sendmsg and sendmmsg: a datagram says itself where it goes.</summary>
    private EntryAnswer EnterMessages(Tracee tracee, int fd, ulong header, int count, int pointerSize)
    {
        // struct mmsghdr: struct msghdr, which is seven words long, and a length.
        ulong size = (ulong)pointerSize * 8;
        for (int i = 0; i < Math.Min(count, MostMessages); i++, header += size)
        {
            if (_memory.TryReadNumber(header, pointerSize, out ulong address)
                && address != 0
                && _memory.TryReadNumber(header + (ulong)pointerSize, 4, out ulong length))
            {
                EnterConnect(tracee, fd, address, (int)length, seesEnd: false);
            }
        }

        return EntryAnswer.Go;
    }

    /// <summary>socketcall(2) of i386: the arguments stand in memory, a word each.</summary>
    private EntryAnswer EnterSocketCall(Tracee tracee, in SyscallEntry call)
    {
        Span<uint> arguments = stackalloc uint[6];
        ulong array = call.Argument(call.Form.Path);
        int used = call.Flags == socket.SYS_SENDTO ? 6 : 3;
        for (int i = 0; i < used; i++)
        {
            if (!_memory.TryReadNumber(array + (4 * (ulong)i), 4, out ulong argument))
            {
                return EntryAnswer.Go;
            }

            arguments[i] = (uint)argument;
        }

        return call.Flags switch
        {
            socket.SYS_BIND => EnterBind(tracee, (int)arguments[0], arguments[1], (int)arguments[2]),
            socket.SYS_CONNECT => EnterConnect(tracee, (int)arguments[0], arguments[1], (int)arguments[2], seesEnd: true),
            socket.SYS_ACCEPT or socket.SYS_ACCEPT4 => Want(tracee, new PendingCall { Operation = Operation.Accept }),
            socket.SYS_SENDTO => EnterConnect(tracee, (int)arguments[0], arguments[4], (int)arguments[5], seesEnd: false),
            socket.SYS_SENDMSG => EnterMessages(tracee, (int)arguments[0], arguments[1], 1, pointerSize: 4),
            socket.SYS_SENDMMSG => EnterMessages(tracee, (int)arguments[0], arguments[1], (int)arguments[2], pointerSize: 4),
            _ => EntryAnswer.Go,
        };
    }

    private bool TryReadAddress(ulong address, int length, Span<byte> bytes, out SocketAddress result)
    {
        if (address == 0 || length < 2 || length > bytes.Length || !_memory.TryRead(address, bytes[..length]))
        {
            result = default;
            return false;
        }

        result = new SocketAddress(bytes[..length]);
        return true;
    }

    private void AddNetwork(Tracee tracee, in SocketAddress address, string does)
    {
        if (_plan.Network && address.IsNetwork && !tracee.UsesNetwork)
        {
            tracee.UsesNetwork = true;
            _recorder.AddReason(IncompleteReason.Network, tracee.Tgid, does + address.ToString());
        }
    }

    // They tell what names and numbers mean, as /etc/passwd and /etc/hosts do, or take log lines; they use no file for the command.
    private static bool IsSystemService(ReadOnlySpan<byte> path) =>
        path.SequenceEqual("/dev/log"u8)
        || path.StartsWith("/run/systemd/"u8)
        || path.StartsWith("/run/nscd/"u8)
        || path.StartsWith("/var/run/nscd/"u8)
        || path.StartsWith("/run/nslcd/"u8)
        || path.StartsWith("/var/run/nslcd/"u8)
        || path.StartsWith("/var/lib/sss/pipes/"u8);

    /// <summary>ptrace: a process has one tracer, and that is us.</summary>
    private EntryAnswer EnterTrace(Tracee tracee, in SyscallEntry call)
    {
        if (call.Flags == ptrace.PTRACE_TRACEME || HasTracer(call.Int(call.Form.Extra)))
        {
            string detail = call.Flags == ptrace.PTRACE_TRACEME ? "it asked to be traced" : $"it asked to trace process {call.Int(call.Form.Extra)}";
            _recorder.AddReason(IncompleteReason.InnerTracer, tracee.Tgid, detail + ", which is traced by fptrace already: the kernel refused");
        }

        return EntryAnswer.Go;
    }

    private static bool HasTracer(int pid)
    {
        ReadOnlySpan<byte> status = Files.ReadAll(ProcPath.Of(pid, "status"u8));
        int at = status.IndexOf("\nTracerPid:\t"u8);
        return at >= 0 && status[at + "\nTracerPid:\t".Length] != '0';
    }
}
