using System.Buffers.Text;
using System.Collections.Frozen;
using System.Globalization;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Tracing.Calls;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Tracees;

/// <summary>The terminal at which fptrace itself was started, opened by a thread for reading: each of its next calls is looked at, until it closes it again.</summary>
/// <remarks>
/// Every bash opens <c>/dev/tty</c> and closes it at once, to see whether there is one. Whoever does anything else with it first asks it something, or reads what
/// somebody types; the read itself is not seen.
/// </remarks>
internal sealed class OpenedTerminal(int descriptor)
{
    private const int Patience = 16;
    private static readonly FrozenSet<int> s_harmless = FreshDescriptor.Numbers("brk", "fstat", "mmap", "munmap", "rt_sigaction", "rt_sigprocmask");
    private static readonly FrozenSet<int> s_controls = FreshDescriptor.Numbers("fcntl");
    private static readonly FrozenSet<int> s_closes = FreshDescriptor.Numbers("close");

    // The number of the controlling terminal; 0 for none.
    private static readonly int s_own = Of(Environment.ProcessId);
    private int _calls;

    /// <summary>Whether a thread finds our terminal at a path: a terminal that the command has made is its own.</summary>
    public static bool IsAt(ReadOnlySpan<byte> path, int tid) => s_own != 0
        && (path.SequenceEqual("/dev/tty"u8) ? Of(tid) == s_own
            : path.StartsWith("/dev/pts/"u8) && Utf8Parser.TryParse(path["/dev/pts/"u8.Length..], out int number, out _) && number == NumberOf(s_own));

    /// <summary>Whether the call that begins gives it up.</summary>
    /// <returns>null: it is used, for all that is known.</returns>
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

    // Of /dev/pts (Linux, Documentation/admin-guide/devices.txt): eight majors from 136, with 256 of them each; −1 for a terminal of another kind.
    private static int NumberOf(int terminal)
    {
        int major = (terminal >> 8) & 0xfff;
        int minor = (terminal & 0xff) | ((terminal >> 12) & 0xfff00);
        return major is >= 136 and <= 143 ? ((major - 136) << 8) + minor : -1;
    }

    /// <summary>tty_nr of proc_pid_stat(5): the fifth field behind the name, which may hold anything.</summary>
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
