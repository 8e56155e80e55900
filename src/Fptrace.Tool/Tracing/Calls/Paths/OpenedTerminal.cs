using System.Buffers.Text;
using System.Collections.Frozen;
using System.Globalization;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Model;
using Fptrace.Tracing.Recording;

namespace Fptrace.Tracing.Calls.Paths;

/// <summary>The terminal at which fptrace was started, which a thread has just opened for reading.</summary>
/// <remarks>
/// Every bash opens <c>/dev/tty</c> and closes it at once, to see whether there is a terminal. That does not use it.
/// Anything else that the thread does counts as use, because a read of the terminal is not seen.
/// </remarks>
internal sealed class OpenedTerminal(int descriptor) : FollowedDescriptor
{
    private static readonly FrozenSet<int> s_harmless = Numbers("brk", "fstat", "mmap", "munmap", "rt_sigaction",
        "rt_sigprocmask");
    private static readonly FrozenSet<int> s_controls = Numbers("fcntl");
    private static readonly FrozenSet<int> s_closes = Numbers("close");

    // The number of the controlling terminal of fptrace; 0 for none.
    private static readonly int s_own = Of(Environment.ProcessId);

    /// <summary>Whether a path leads a thread to our terminal, and not to one that the command has made.</summary>
    public static bool IsAt(ReadOnlySpan<byte> path, int tid) => s_own != 0
        && (path.SequenceEqual("/dev/tty"u8) ? Of(tid) == s_own
            : path.StartsWith("/dev/pts/"u8) && Utf8Parser.TryParse(path["/dev/pts/"u8.Length..], out int number, out _)
                && number == NumberOf(s_own));

    protected override FollowedCall Judge(in ptrace_syscall_info entry)
    {
        int number = (int)entry.nr;
        if (s_closes.Contains(number) && (int)entry.args[0] == descriptor)
        {
            return FollowedCall.Settling;
        }

        return s_closes.Contains(number)
            || s_harmless.Contains(number)
            || (s_controls.Contains(number) && (int)entry.args[1] is fcntl.F_GETFD or fcntl.F_SETFD or fcntl.F_GETFL)
                ? FollowedCall.Harmless
                : FollowedCall.Unknown;
    }

    protected override void Ended(Recorder recorder, int tgid, FollowedCall call)
    {
        if (call == FollowedCall.Unknown)
        {
            recorder.AddReason(
                IncompleteReason.Outsider,
                tgid,
                "it reads from the terminal (/dev/tty), or asks it something: somebody may have typed there");
        }
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
                return int.TryParse(text[word], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture,
                    out int number) ? number : 0;
            }
        }

        return 0;
    }
}
