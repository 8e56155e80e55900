using Fptrace.Interop;
using Fptrace.Model;

namespace Fptrace.Tracing;

/// <summary>execve: everything is read at its entry, and counts when the kernel announces its success.</summary>
internal sealed partial class SyscallHandler
{
    // The kernel takes no more words than MAX_ARG_STRINGS, and no longer list than a quarter of the stack; this ends a walk through garbage.
    private const int MostWords = 1 << 22;

    private EntryAnswer EnterExecute(Tracee tracee, in SyscallEntry call)
    {
        tracee.PendingExec = null;
        bool byDescriptor = (call.Int(call.Form.Flags) & fcntl.AT_EMPTY_PATH) != 0;
        if (!_paths.Resolve(tracee, call.At, call.Argument(call.Form.Path), byDescriptor, _path))
        {
            return EntryAnswer.Go;
        }

        if ((call.Int(call.Form.Flags) & fcntl.AT_SYMLINK_NOFOLLOW) == 0)
        {
            _paths.FollowEnd(tracee, _path);
        }

        tracee.PendingExec = new PendingExec(
            new ByteString(_paths.WorkingDirectory(tracee.Tid)),
            new ByteString(_path.Name),
            ReadWords(call.Argument(call.Form.Extra), call.PointerSize),
            _plan.Environment ? ReadWords(call.Argument(call.Form.Extra + 1), call.PointerSize) : null);
        if (_plan.Probes && !tracee.Execution.IsStub)
        {
            RecordProgram(tracee, tracee.PendingExec.Directory);
        }

        return EntryAnswer.Go;
    }

    /// <summary>It may fail, and that depends on what stands there, and on the interpreters that it names.</summary>
    private void RecordProgram(Tracee tracee, ByteString directory)
    {
        // A directory is no program, though access(2) may say yes.
        if (_path.Stat(follow: true, out FileStamp file) < 0 || file.Type != FileType.Regular || _path.Access(fcntl.X_OK) < 0)
        {
            RecordProbe(tracee, _path, follow: true);
            return;
        }

        // Who succeeds is recorded with all that it loads.
        if (_recorder.Changes is null || tracee.HasForeignRoot)
        {
            return;
        }

        var interpreters = new List<ByteString>();
        bool isElf = ProgramReader.ReadInterpreters(new ByteString(_path.Name), directory, interpreters);
        if (isElf && interpreters.TrueForAll(IsExecutable))
        {
            return;
        }

        RecordProbe(tracee, _path, follow: true);
        foreach (ByteString interpreter in interpreters)
        {
            if (_paths.Resolve(tracee, fcntl.AT_FDCWD, interpreter.Span, _path))
            {
                RecordProbe(tracee, _path, follow: true);
            }
        }

        static bool IsExecutable(ByteString path) => Files.Access(fcntl.AT_FDCWD, [.. path.Span, 0], fcntl.X_OK) == 0;
    }

    /// <summary>An array of pointers to strings that ends with NULL. No array is an empty one.</summary>
    private List<ByteString> ReadWords(ulong address, int pointerSize)
    {
        // The pointers first: strings stand side by side on other pages, and the memory keeps one page.
        var pointers = new List<ulong>();
        while (address != 0 && pointers.Count < MostWords && _memory.TryReadNumber(address, pointerSize, out ulong pointer) && pointer != 0)
        {
            pointers.Add(pointer);
            address += (ulong)pointerSize;
        }

        var words = new List<ByteString>(pointers.Count);
        foreach (ulong pointer in pointers)
        {
            if (_memory.ReadLongString(pointer) is not { } word)
            {
                break;
            }

            words.Add(new ByteString(word));
        }

        return words;
    }
}
