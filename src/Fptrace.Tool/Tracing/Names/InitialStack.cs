using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Proc;
using Fptrace.Linux.Processes;
using Fptrace.Linux.Ptracing;
using Fptrace.Model;
using Fptrace.Tracing.Recording;

namespace Fptrace.Tracing.Names;

/// <summary>Reads the arguments of an execve from the new program's stack.</summary>
/// <remarks>
/// A process that has just become another user (setuid) hides its memory from a tracer without CAP_SYS_PTRACE until its
/// execve, so the arguments cannot be read at the entry. Afterwards the stack has them, with the environment and the
/// path (AT_EXECFN, getauxval(3)). For a script they are the arguments of its interpreter.
/// </remarks>
internal static class InitialStack
{
    private const int AT_EXECFN = 31;

    /// <param name="memory">Attached to the process.</param>
    /// <param name="pid">The process, which stands at PTRACE_EVENT_EXEC.</param>
    /// <param name="top">Its stack pointer.</param>
    /// <param name="size">The size of its pointers in bytes.</param>
    /// <param name="environment">Whether the environment is wanted.</param>
    public static PendingExec Read(TraceeMemory memory, int pid, ulong top, int size, bool environment)
    {
        ulong at = top + (ulong)size;
        List<ByteString> arguments = StringArray.Read(memory, ref at, size);
        List<ByteString> variables = StringArray.Read(memory, ref at, size);
        ByteString path = default;
        while (memory.TryReadNumber(at, size, out ulong kind) && kind != 0
            && memory.TryReadNumber(at + (ulong)size, size, out ulong value))
        {
            if (kind == AT_EXECFN && memory.ReadLongString(value) is { } name)
            {
                path = new ByteString(name);
            }

            at += 2 * (ulong)size;
        }

        // Everybody may read /proc/PID/cmdline.
        if (arguments.Count == 0)
        {
            arguments = [.. OwnProcess.Words(Files.ReadAll(ProcPath.Of(pid, "cmdline"u8)))
                .Select(word => new ByteString(word))];
        }

        path = path.IsEmpty && arguments.Count > 0 ? arguments[0] : path;
        return new PendingExec(default, path, arguments, environment ? variables : null);
    }
}
