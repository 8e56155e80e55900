using System.Buffers.Text;
using System.Collections.Frozen;
using System.Globalization;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Processes;
using Fptrace.Tracing.Calls;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Tracees;

/// <summary>The terminal at which fptrace was started, which a thread has just opened for reading.</summary>
/// <remarks>
/// Every bash opens <c>/dev/tty</c> and closes it at once, to see whether there is a terminal. That does not use it. So
/// the thread's next calls all stop, until it closes the terminal, or does something else with it: that counts as use,
/// because a read of the terminal is not seen.
/// </remarks>
internal sealed class OpenedTerminal(int descriptor)
{
    private const int Patience = 16;
    private static readonly FrozenSet<int> s_harmless = FreshDescriptor.Numbers("brk", "fstat", "mmap", "munmap", "rt_sigaction", "rt_sigprocmask");
    private static readonly FrozenSet<int> s_controls = FreshDescriptor.Numbers("fcntl");
    private static readonly FrozenSet<int> s_closes = FreshDescriptor.Numbers("close");

    // The number of the controlling terminal of fptrace; 0 for none.
    private static readonly int s_own = Of(Environment.ProcessId);
    private int _calls;

    /// <summary>Whether a path leads a thread to our terminal, and not to one that the command has made.</summary>
    public static bool IsAt(ReadOnlySpan<byte> path, int tid) => s_own != 0
        && (path.SequenceEqual("/dev/tty"u8) ? Of(tid) == s_own
            : path.StartsWith("/dev/pts/"u8) && Utf8Parser.TryParse(path["/dev/pts/"u8.Length..], out int number, out _) && number == NumberOf(s_own));

    /// <summary>Whether the call that begins closes the terminal.</summary>
    /// <returns>Null: the call may use it.</returns>
    public bool? IsClosed(in ptrace_syscall_info info)
    {
        int number = (int)info.nr;
        if (info.arch != SyscallAbi.Native.Audit || ++_calls > Patience)
        {
            return null;
        }

        if (s_closes.Contains(number))
        {
            return (int)info.args[0] == descriptor;
        }

        return s_harmless.Contains(number) || (s_controls.Contains(number) && (int)info.args[1] is fcntl.F_GETFD or fcntl.F_SETFD or fcntl.F_GETFL) ? false : null;
    }

    // The N of /dev/pts/N: eight majors from 136 with 256 minors each (Documentation/admin-guide/devices.txt of Linux);
    // −1 for a terminal of another kind.
    private static int NumberOf(int terminal)
    {
        int major = (terminal >> 8) & 0xfff;
        int minor = (terminal & 0xff) | ((terminal >> 12) & 0xfff00);
        return major is >= 136 and <= 143 ? ((major - 136) << 8) + minor : -1;
    }

    /// <summary>The field tty_nr of proc_pid_stat(5).</summary>
    /// <remarks>
    /// It is the fifth after the name of the program, which may itself contain spaces and parentheses.
    /// </remarks>
    private static int Of(int tid)
    {
        ReadOnlySpan<byte> text = Files.ReadAll(ProcPath.Of(tid, "stat"u8));
        text = text[(text.LastIndexOf(") "u8) + 1)..];
        int field = 0;
        foreach (Range word in text.Split((byte)' '))
        {
            if (field++ == 5)
            {
                return int.TryParse(text[word], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : 0;
            }
        }

        return 0;
    }
}
