using System.Runtime.InteropServices;
using Fptrace.Interop;
using Fptrace.Model;

namespace Fptrace.Tracing;

/// <summary>What each system call means for the trace. The same for all engines; one for each supervising thread.</summary>
/// <remarks>
/// A call is handled at its entry. Where its result matters the handler leaves a <see cref="PendingCall"/>, which <see cref="Exit"/> finishes; an
/// engine that only sees entries (notifications) lets the handler look up whether the call will succeed, which holds because calls
/// that come this way change nothing. Partials stand by concern.
/// </remarks>
internal sealed partial class SyscallHandler
{
    private const uint ReadBits = 1u << (int)AccessKind.Read | 1u << (int)AccessKind.ReadWrite;
    private const uint WriteBits = 1u << (int)AccessKind.Write | 1u << (int)AccessKind.ReadWrite | 1u << (int)AccessKind.Create;

    private readonly Recorder _recorder;
    private readonly TracePlan _plan;
    private readonly DescriptorNames _names;
    private readonly Placement _placement;
    private readonly TraceeMemory _memory = new();
    private readonly PathResolver _paths;
    private readonly ResolvedPath _path = new();
    private readonly ResolvedPath _path2 = new();
    private readonly byte[] _link = new byte[4097];
    private readonly byte[] _streamName = new byte[8192];

    public SyscallHandler(Recorder recorder, DescriptorNames names, Placement placement)
    {
        _recorder = recorder;
        _plan = recorder.Plan;
        _names = names;
        _placement = placement;
        _paths = new PathResolver(_memory, names) { Passed = _plan.Probes ? RecordPassed : null, Followed = _plan.Probes ? RecordFollowed : null };
        names.Guessed = recorder.GuessStandard;
        names.Hosts.Unresolved = (tid, path) => recorder.AddReason(
            IncompleteReason.MountNamespace, tid, path + " in another mount namespace is no file whose name here is known");
    }

    /// <summary>By what the tracee is stopped.</summary>
    public EngineKind Engine { get; init; } = EngineKind.Notify;

    /// <param name="tracee">Stands still at the entry.</param>
    /// <param name="call">The call.</param>
    /// <param name="seesExit">Whether <see cref="EntryAnswer.WantExit"/> can be had.</param>
    public EntryAnswer Enter(Tracee tracee, in SyscallEntry call, bool seesExit)
    {
        Release(tracee);
        if (tracee.Execution.IsStub && call.Form.Operation != Operation.Execute)
        {
            return EntryAnswer.Go;
        }

        _memory.Attach(tracee.Tid);
        Faults.Take();
        EntryAnswer answer = Begin(tracee, call, seesExit);
        NoteFaults(tracee);
        if (_memory.IsDenied)
        {
            _recorder.AddReason(IncompleteReason.Unreadable, tracee.Tgid, "its memory cannot be read; what it names in its calls is unknown");
        }

        return answer;
    }

    private EntryAnswer Begin(Tracee tracee, in SyscallEntry call, bool seesExit) =>
        call.Form.Operation switch
        {
            Operation.Input or Operation.Output or Operation.Transfer or Operation.AttributesByRequest
                when _plan.Terminal is { } terminal && EnterAtTerminal(tracee, call, terminal, seesExit) is EntryAnswer answer => answer,
            Operation.Open or Operation.OpenHow => EnterOpen(tracee, call, seesExit),
            Operation.OpenHandle => Want(tracee, new PendingCall { Operation = Operation.OpenHandle, Flags = call.Flags }),
            Operation.Execute => EnterExecute(tracee, call),
            Operation.Rename => EnterRename(tracee, call),
            Operation.Link => EnterLink(tracee, call),
            Operation.Symlink => EnterSymlink(tracee, call),
            Operation.Truncate or Operation.TruncateDescriptor or Operation.Allocate => EnterTruncate(tracee, call),
            Operation.Attributes or Operation.AttributesDescriptor or Operation.AttributesByRequest => EnterAttributes(tracee, call),
            Operation.MakeNode or Operation.MakeDirectory => EnterMake(tracee, call),
            Operation.Remove => EnterRemove(tracee, call),
            Operation.Probe => EnterProbe(tracee, call),
            Operation.Listing => EnterListing(tracee, call),
            Operation.Input when _plan.Prints is { } prints => EnterRead(tracee, call, prints),
            Operation.Output when _plan.Prints is { } prints => EnterWrite(tracee, call, prints, seesExit),
            Operation.Transfer when _plan.Prints is { } prints => EnterTransferOfPrints(tracee, call, prints, seesExit),
            Operation.Input or Operation.Output or Operation.Transfer when !_plan.Stdio => EntryAnswer.Go,
            Operation.Input => EnterStream(tracee, call.Int(call.Form.At), writes: false),
            Operation.Output => EnterStream(tracee, call.Int(call.Form.At), writes: true),
            Operation.Transfer => EnterTransfer(tracee, call),
            Operation.ReplaceDescriptor => EnterReplaceDescriptor(tracee, call.Int(call.Form.At)),
            Operation.Clone or Operation.CloneHow => EnterClone(tracee, call),
            Operation.UserIds or Operation.GroupIds or Operation.Credentials => EnterCredentials(tracee, call),
            Operation.Restrict => EnterRestrict(tracee),
            Operation.AskProcessors or Operation.ChooseProcessors => EnterProcessors(tracee, call),
            Operation.Unshare or Operation.SetNamespace or Operation.ChangeRoot or Operation.Mount => EnterWorld(tracee, call),
            Operation.Bind => EnterBind(tracee, call.At, call.Argument(call.Form.Path), call.Int(call.Form.Extra)),
            Operation.Connect or Operation.SendTo => EnterConnect(tracee, call),
            Operation.Accept => Want(tracee, new PendingCall { Operation = Operation.Accept }),
            Operation.SendMessage => EnterMessages(tracee, call.At, call.Argument(call.Form.Path), 1, call.PointerSize),
            Operation.SendMessages => EnterMessages(tracee, call.At, call.Argument(call.Form.Path), call.Int(call.Form.Extra), call.PointerSize),
            Operation.SocketCall => EnterSocketCall(tracee, call),
            Operation.Trace => EnterTrace(tracee, call),
            Operation.Listen => Want(tracee, new PendingCall { Operation = Operation.Listen }),
            Operation.DetachedMount or Operation.Unknown => Want(tracee, new PendingCall { Operation = call.Form.Operation, Flags = call.Number }),
            Operation.IoUring => Want(tracee, new PendingCall { Operation = Operation.IoUring }),
            _ => EntryAnswer.Go,
        };

    /// <summary>Nothing is pending any more: the call is over, or its thread.</summary>
    /// <returns>What was pending.</returns>
    public PendingCall? Release(Tracee tracee)
    {
        PendingCall? call = tracee.Pending;
        tracee.Pending = null;
        if (call?.Operation == Operation.Rename)
        {
            _recorder.Renames.End();
        }

        return call;
    }

    /// <param name="tracee">Stands still at the exit of the call that is pending.</param>
    /// <param name="call">That call.</param>
    /// <param name="result">What it returned, or −errno.</param>
    public void Exit(Tracee tracee, PendingCall call, long result)
    {
        _memory.Attach(tracee.Tid);
        Faults.Take();
        Finish(tracee, call, result);
        NoteFaults(tracee);
    }

    /// <summary>Puts into the verdict that something could not be looked up for a tracee.</summary>
    public void NoteFaults(Tracee tracee)
    {
        if (Faults.Take() is int error and not 0)
        {
            _recorder.AddReason(
                IncompleteReason.Unreadable,
                tracee.Tgid,
                $"something that it uses could not be looked up ({Marshal.GetPInvokeErrorMessage(error)}); which files are meant is unknown");
        }
    }

    private void Finish(Tracee tracee, PendingCall call, long result)
    {
        if (call.Operation == Operation.Listen)
        {
            ExitListen(tracee, result);
            return;
        }

        if (call.Print is { } print)
        {
            ExitPrint(print, result, _plan.Terminal!);
            return;
        }

        if (call.Operation == Operation.Input)
        {
            // Nothing is what the end of the input is that was typed, too.
            if (result >= 0)
            {
                _plan.Terminal!.Read();
            }

            return;
        }

        if (call.Operation == Operation.Output)
        {
            ExitWrite(call, result, _plan.Prints!);
            return;
        }

        if (call.Operation == Operation.Bind)
        {
            ExitBind(tracee, call, result);
            return;
        }

        if (call.Operation is Operation.Connect or Operation.Accept)
        {
            if (call.Operation == Operation.Accept)
            {
                ExitAccept(tracee, (int)result);
            }
            else
            {
                ExitConnect(tracee, call, result);
            }

            return;
        }

        if (result < 0)
        {
            if (call.Truncates)
            {
                // What was not read before the call may be read now.
                _recorder.Changes?.Changing(call.Path.Span, call.Before, AccessKind.ReadWrite, truncates: false);
            }

            ExitFailed(tracee, call, result);
            return;
        }

        switch (call.Operation)
        {
            case Operation.Open:
                ExitOpen(tracee, call, (int)result);
                break;
            case Operation.OpenHow:
                ExitOpenInRoot(tracee, call, (int)result);
                break;
            case Operation.OpenHandle:
                ExitOpenHandle(tracee, call, (int)result);
                break;
            case Operation.Rename:
                ExitRename(tracee, call);
                break;
            case Operation.Link:
                ExitLink(tracee, call);
                break;
            case Operation.Symlink:
                _names.OwnLinks.Forget();
                Record(tracee, AccessKind.Symlink, call.Path, call.Path2, FileType.Symlink);
                break;
            case Operation.Truncate:
                ExitTruncate(tracee, call);
                break;
            case Operation.Attributes:
                _recorder.Record(tracee.Execution, AccessKind.Attributes, call.Path.Span, call.Before.Type, call.Before);
                break;
            case Operation.MakeNode:
                Record(tracee, Made(call.Path, FileStamp.TypeOf((uint)call.Flags)));
                break;
            case Operation.MakeDirectory:
                Record(tracee, AccessKind.MakeDirectory, call.Path, default, FileType.Directory);
                break;
            case Operation.Remove:
                Record(tracee, new Model.FileAccess(0, 0, AccessKind.Delete, call.Path, default, call.Before.Type, false, call.Before));
                break;
            default:
                ExitWorld(tracee, call);
                break;
        }
    }

    /// <summary>Somebody wants to know all that the calls depend on, and not only what they name.</summary>
    private bool IsManifestKept => _plan.Probes && _recorder.Changes is not null;

    private static EntryAnswer Want(Tracee tracee, PendingCall call)
    {
        tracee.Pending = call;
        return EntryAnswer.WantExit;
    }

    /// <summary>Shows what stands at a path to whoever needs it, before the call goes on and replaces it.</summary>
    private void Announce(ResolvedPath path, in FileStamp before, AccessKind kind, bool truncates = false)
    {
        if (before.Exists)
        {
            _recorder.Changes?.Changing(path.Name, before, kind, truncates);
        }
    }

    /// <summary>What stands where a name is to be made: only its failure needs it.</summary>
    private FileStamp InTheWay(ResolvedPath path)
    {
        FileStamp before = default;
        if (_plan.Probes)
        {
            path.Stat(follow: false, out before);
        }

        return before;
    }

    private void Record(Tracee tracee, AccessKind kind, ByteString path, ByteString counterpart, FileType type) =>
        Record(tracee, new Model.FileAccess(0, 0, kind, path, counterpart, type, false, default) { IsExclusive = kind is AccessKind.MakeDirectory or AccessKind.Symlink });

    /// <summary>What came where nothing stood, or its call had failed: a node, a socket, the first name of an O_TMPFILE.</summary>
    private static Model.FileAccess Made(ByteString path, FileType type) =>
        new(0, 0, AccessKind.Create, path, default, type, Truncates: true, default) { IsExclusive = true };

    private void Record(Tracee tracee, params ReadOnlySpan<Model.FileAccess> accesses) => _recorder.Record(tracee.Execution, accesses);

    private bool Knows(Tracee tracee, ResolvedPath path, uint kinds) => _recorder.Knows(tracee.Execution, path.Name, kinds);

    /// <summary>The same of what the path leads to, which becomes another one where a link at its end leads into /proc.</summary>
    private bool KnowsFollowed(Tracee tracee, ResolvedPath path, uint kinds)
    {
        bool knows = Knows(tracee, path, kinds);
        return (knows && !_names.OwnLinks.IsEnd(path.Name)) || !_paths.FollowEnd(tracee, path) ? knows : Knows(tracee, path, kinds);
    }
}
