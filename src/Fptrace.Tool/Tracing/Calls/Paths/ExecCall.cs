using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Names;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Paths;

/// <summary>execve and execveat.</summary>
/// <remarks>
/// A successful execve replaces the caller's memory, so all arguments are read at the entry. They count when
/// PTRACE_EVENT_EXEC announces the success.
/// </remarks>
/// <param name="path">Position of the path.</param>
/// <param name="arguments">Position of the pointer to argv. The pointer to envp follows it.</param>
/// <param name="at">Position of the descriptor that the path is relative to.</param>
/// <param name="flags">Position of the AT_ flags.</param>
internal sealed class ExecCall(int path, int arguments, int at = -1, int flags = -1) : Call
{
    public override string Title => "Exec: another program takes over";

    public override PathPositions? Paths => new(path);

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => Trap.Notify;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit)
    {
        tracee.Call.Exec = null;
        int given = call.Int(flags);
        if (!context.TryResolve(tracee, call, at, path, given))
        {
            return EntryAnswer.Go;
        }

        if ((given & fcntl.AT_SYMLINK_NOFOLLOW) == 0)
        {
            context.Paths.FollowEnd(tracee, context.Path);
        }

        ulong argv = call.Argument(arguments);
        ulong envp = call.Argument(arguments + 1);
        tracee.Call.Exec = new PendingExec(
            new ByteString(context.Paths.WorkingDirectory(tracee.Tid)),
            new ByteString(context.Path.Name),
            StringArray.Read(context.Memory, ref argv, call.PointerSize),
            context.Plan.Environment ? StringArray.Read(context.Memory, ref envp, call.PointerSize) : null);
        if (context.Plan.Probes && !tracee.Execution.IsStub)
        {
            RecordProgram(context, tracee, tracee.Call.Exec.Directory);
        }

        return EntryAnswer.Go;
    }

    /// <summary>
    /// Records what the failure of an execve depends on: the file, and the interpreters that it names.
    /// </summary>
    private static void RecordProgram(CallContext context, Tracee tracee, ByteString directory)
    {
        // Nobody can execute a directory, though access(2) may allow X_OK for it.
        if (context.Path.Stat(FinalLink.Follow, out FileStamp file) < 0 || file.Type != FileType.Regular
            || context.Path.Access(fcntl.X_OK) < 0)
        {
            context.RecordProbe(tracee, context.Path, FinalLink.Follow);
            return;
        }

        // If the execve succeeds, the recorder notes the program and all that it loads.
        if (context.Recorder.Changes is null || tracee.HasForeignRoot)
        {
            return;
        }

        var interpreters = new List<ByteString>();
        bool isElf = context.Names.Programs.ReadInterpreters(
            new ByteString(context.Path.Name), file, directory, interpreters);
        if (isElf && interpreters.TrueForAll(IsExecutable))
        {
            return;
        }

        context.RecordProbe(tracee, context.Path, FinalLink.Follow);
        foreach (ByteString interpreter in interpreters)
        {
            if (context.Paths.Resolve(tracee, fcntl.AT_FDCWD, interpreter.Span, context.Path))
            {
                context.RecordProbe(tracee, context.Path, FinalLink.Follow);
            }
        }

        static bool IsExecutable(ByteString path) =>
            FileRights.Access(fcntl.AT_FDCWD, [.. path.Span, 0], fcntl.X_OK) == 0;
    }
}
