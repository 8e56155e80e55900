using Fptrace.Interop;
using Fptrace.Model;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Names;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Paths;

/// <summary>execve, execveat: everything is read at the entry, and counts when the kernel announces the success.</summary>
/// <param name="path">Position of the path.</param>
/// <param name="arguments">Position of the pointer to argv; envp follows it.</param>
/// <param name="at">Position of the descriptor that the path is relative to.</param>
/// <param name="flags">Position of AT_ flags.</param>
internal sealed class ExecCall(int path, int arguments, int at = -1, int flags = -1) : Call
{
    // The kernel takes no more words than MAX_ARG_STRINGS, and no longer list than a quarter of the stack; this ends a walk through garbage.
    private const int MostWords = 1 << 22;

    public override string Title => "Exec: another program takes over";

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => Trap.Notify;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, bool seesExit)
    {
        tracee.PendingExec = null;
        int given = call.Int(flags);
        if (!context.TryResolve(tracee, call, at, path, orDescriptor: (given & fcntl.AT_EMPTY_PATH) != 0))
        {
            return EntryAnswer.Go;
        }

        if ((given & fcntl.AT_SYMLINK_NOFOLLOW) == 0)
        {
            context.Paths.FollowEnd(tracee, context.Path);
        }

        tracee.PendingExec = new PendingExec(
            new ByteString(context.Paths.WorkingDirectory(tracee.Tid)),
            new ByteString(context.Path.Name),
            ReadWords(context.Memory, call.Argument(arguments), call.PointerSize),
            context.Plan.Environment ? ReadWords(context.Memory, call.Argument(arguments + 1), call.PointerSize) : null);
        if (context.Plan.Probes && !tracee.Execution.IsStub)
        {
            RecordProgram(context, tracee, tracee.PendingExec.Directory);
        }

        return EntryAnswer.Go;
    }

    /// <summary>It may fail, and that depends on what stands there, and on the interpreters that it names.</summary>
    private static void RecordProgram(CallContext context, Tracee tracee, ByteString directory)
    {
        // A directory is no program, though access(2) may say yes.
        if (context.Path.Stat(follow: true, out FileStamp file) < 0 || file.Type != FileType.Regular || context.Path.Access(fcntl.X_OK) < 0)
        {
            context.RecordProbe(tracee, context.Path, follow: true);
            return;
        }

        // Who succeeds is recorded with all that it loads.
        if (context.Recorder.Changes is null || tracee.HasForeignRoot)
        {
            return;
        }

        var interpreters = new List<ByteString>();
        bool isElf = ProgramReader.ReadInterpreters(new ByteString(context.Path.Name), directory, interpreters);
        if (isElf && interpreters.TrueForAll(IsExecutable))
        {
            return;
        }

        context.RecordProbe(tracee, context.Path, follow: true);
        foreach (ByteString interpreter in interpreters)
        {
            if (context.Paths.Resolve(tracee, fcntl.AT_FDCWD, interpreter.Span, context.Path))
            {
                context.RecordProbe(tracee, context.Path, follow: true);
            }
        }

        static bool IsExecutable(ByteString path) => Files.Access(fcntl.AT_FDCWD, [.. path.Span, 0], fcntl.X_OK) == 0;
    }

    /// <summary>An array of pointers to strings that ends with NULL. No array is an empty one.</summary>
    private static List<ByteString> ReadWords(TraceeMemory memory, ulong address, int pointerSize)
    {
        // The pointers first: strings stand side by side on other pages, and the memory keeps one page.
        var pointers = new List<ulong>();
        while (address != 0 && pointers.Count < MostWords && memory.TryReadNumber(address, pointerSize, out ulong pointer) && pointer != 0)
        {
            pointers.Add(pointer);
            address += (ulong)pointerSize;
        }

        var words = new List<ByteString>(pointers.Count);
        foreach (ulong pointer in pointers)
        {
            if (memory.ReadLongString(pointer) is not { } word)
            {
                break;
            }

            words.Add(new ByteString(word));
        }

        return words;
    }
}
