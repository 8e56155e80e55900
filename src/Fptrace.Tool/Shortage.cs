using System.Globalization;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Linux.Processes;

namespace Fptrace;

/// <summary>What to say when the machine gives us less than we need: which limits are set, and how to raise
/// them.</summary>
internal static class Shortage
{
    private const ulong Kibi = 1024;

    // Above this no limit of processes is met by chance.
    private const ulong ManyProcesses = 1 << 16;

    /// <summary>For an errno value that says so; null for another.</summary>
    public static string? Remedy(int error) => error switch
    {
        errno.EMFILE => $"raise the limit of open files ({Limit(libc.RLIMIT_NOFILE, "-n", 1) ?? "ulimit -n"})",
        errno.ENFILE => "the machine has no open files left (sysctl fs.file-max)",
        errno.EAGAIN or errno.ENOMEM => Remedy(),
        _ => null,
    };

    /// <summary>For memory, threads and processes: the runtime does not tell them apart.</summary>
    public static string Remedy()
    {
        string set = Limits();
        return set.Length > 0
            ? $"raise the limit of memory or processes ({set}), or that of the container"
            : "give the machine or the container more memory or processes (memory and pids of its cgroup)";
    }

    /// <summary>The limits of memory and processes that are set; empty for none.</summary>
    public static string Limits() => string.Join(
        ", ",
        new[]
        {
            Limit(libc.RLIMIT_AS, "-v", Kibi),
            Limit(libc.RLIMIT_DATA, "-d", Kibi),
            Limit(libc.RLIMIT_NPROC, "-u", 1, ManyProcesses),
        }.Where(limit => limit is not null));

    private static string? Limit(int resource, string option, ulong unit, ulong most = ulong.MaxValue)
    {
        ulong limit = OwnProcess.Limit(resource);
        return limit < most ? $"ulimit {option}, now {(limit / unit).ToString(CultureInfo.InvariantCulture)}" : null;
    }
}
