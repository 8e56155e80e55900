using System.Collections.Frozen;
using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Tracing.Recording;

namespace Fptrace.Tracing.Calls.Paths;

/// <summary>A file that a thread has just opened for reading and writing, and has not read yet.</summary>
/// <remarks>
/// If the thread truncates the file unread, its old content is no input. C libraries truncate in the open itself; .NET
/// opens the file, locks it, and truncates it then. Reads are not trapped. So the file counts as unread only as long as
/// the thread makes no calls but those listed here.
/// </remarks>
internal sealed class FreshDescriptor(int descriptor, ByteString path) : FollowedDescriptor
{
    private const int MapDescriptor = 4;
    private static readonly FrozenSet<int> s_harmless = Numbers(
        "brk", "fadvise64", "flock", "fstat", "lseek", "madvise", "mprotect", "munmap", "rt_sigprocmask");

    private static readonly FrozenSet<int> s_cuts = Numbers("ftruncate");
    private static readonly FrozenSet<int> s_maps = Numbers("mmap");
    private static readonly FrozenSet<int> s_controls = Numbers("fcntl");

    protected override FollowedCall Judge(in ptrace_syscall_info entry)
    {
        int number = (int)entry.nr;
        if (s_cuts.Contains(number))
        {
            return (int)entry.args[0] == descriptor && entry.args[1] == 0
                ? FollowedCall.Settling
                : FollowedCall.Unknown;
        }

        return s_harmless.Contains(number)
            || (s_maps.Contains(number) && (int)entry.args[MapDescriptor] != descriptor)
            || (s_controls.Contains(number) && IsHarmlessControl((int)entry.args[1]))
                ? FollowedCall.Harmless
                : FollowedCall.Unknown;
    }

    protected override void Ended(Recorder recorder, int tgid, FollowedCall call)
    {
        if (call == FollowedCall.Settling)
        {
            recorder.Changes?.Unread(path);
        }
    }

    private static bool IsHarmlessControl(int command) =>
        command is fcntl.F_GETFD or fcntl.F_SETFD or fcntl.F_GETFL or fcntl.F_SETLK or fcntl.F_SETLKW;
}
