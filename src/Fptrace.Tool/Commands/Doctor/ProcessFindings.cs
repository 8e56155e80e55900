using System.Globalization;
using System.Text;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Proc;
using Fptrace.Linux.Processes;
using Fptrace.Tracing.Launch;
using Fptrace.Tracing.Proc;

namespace Fptrace.Commands.Doctor;

/// <summary>What this process may do, and where it stands.</summary>
internal static class ProcessFindings
{
    // The identifiers that the kernel gives its first namespaces: linux/proc_ns.h.
    private const string FirstPidNamespace = "pid:[4026531836]";
    private const string FirstUserNamespace = "user:[4026531837]";

    public static IEnumerable<Finding> All()
    {
        if (MissingProc() is { } missing)
        {
            yield return missing;
        }
        else
        {
            yield return Proc();
            yield return HiddenProcesses();
            yield return Tracer();
            yield return Yama();
            yield return TracingCapability();
            yield return Privileges();
            yield return Namespace("PID namespace", "/proc/self/ns/pid\0"u8, FirstPidNamespace,
                "fptrace sees no process outside of it");
            yield return Namespace("user namespace", "/proc/self/ns/user\0"u8, FirstUserNamespace,
                "root in it is an ordinary user outside");
        }

        yield return Finding.Found("seccomp around fptrace", OwnProcess.IsUnderSeccomp
            ? "a sandbox filters what fptrace and the command call"
            : "none");
        yield return Limits();
    }

    private static Finding? MissingProc()
    {
        try
        {
            _ = StartWords.Environment();
            return null;
        }
        catch (FptraceException e)
        {
            return Finding.Missed("/proc", e.Message, "mount -t proc proc /proc");
        }
    }

    private static Finding Proc()
    {
        string own = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return Link("/proc/self\0"u8) is { } name && name != own
            ? Finding.Missed("/proc", $"it calls this process {name}, which is {own} here: it is another PID "
                + "namespace's", "mount it anew: mount -t proc proc /proc")
            : Finding.Found("/proc", "shows this process");
    }

    private static Finding HiddenProcesses()
    {
        const string Name = "hidepid of /proc";
        string options = OptionsOfProc();
        int at = options.IndexOf("hidepid=", StringComparison.Ordinal);
        string value = at < 0 ? "0" : options[(at + "hidepid=".Length)..].Split(',')[0];
        return value is "0" or "off"
            ? Finding.Found(Name, "no process is hidden")
            : Finding.Missed(Name, $"{value}: what the processes of other users are stays unknown, such as a server to "
                + "which the command connects", "mount -o remount,hidepid=0 /proc, or run as root");
    }

    private static Finding Tracer()
    {
        int tracer = OwnStatus.Now().TracerId;
        return tracer == 0
            ? Finding.Found("tracer of fptrace", "none")
            : Finding.Missed("tracer of fptrace",
                string.Create(CultureInfo.InvariantCulture, $"process {tracer} follows this one"),
                "run fptrace outside of it");
    }

    private static Finding Yama()
    {
        const string Name = "kernel.yama.ptrace_scope";
        byte[]? scope = Files.ReadAll("/proc/sys/kernel/yama/ptrace_scope\0"u8);
        return Denial.OfYama(scope, OwnStatus.HasCapability(OwnProcess.CAP_SYS_PTRACE)) is { } remedy
            ? Finding.Missed(Name, "no trace", remedy)
            : Finding.Found(Name, scope is { Length: > 0 }
                ? $"{Encoding.ASCII.GetString(scope).Trim()}: fptrace may trace what it starts"
                : "there is none");
    }

    private static Finding TracingCapability() => OwnStatus.HasCapability(OwnProcess.CAP_SYS_PTRACE)
        ? Finding.Found("CAP_SYS_PTRACE", "this process has it")
        : Finding.Missed("CAP_SYS_PTRACE", "needed for a command that becomes another user, or root of a namespace",
            "run as root, or in a container with --cap-add=SYS_PTRACE");

    private static Finding Privileges()
    {
        const string Name = "no_new_privs";
        return OwnProcess.HasNoNewPrivileges
            ? Finding.Missed(Name, "set around fptrace: sudo and its like give no rights to the command",
                "leave it out of the sandbox (docker run without --security-opt no-new-privileges)")
            : Launcher.NeedsNoNewPrivileges
            ? Finding.Missed(Name, "a trace sets it: sudo and its like give no rights to the command",
                "run as root")
            : Finding.Found(Name, "not set, nor by a trace");
    }

    private static Finding Namespace(string name, ReadOnlySpan<byte> link, string first, string elsewhere) =>
        Link(link) is not { } found ? Finding.Unknown(name, "/proc does not tell")
        : Finding.Found(name, found == first ? "the machine's first" : "a container's: " + elsewhere);

    private static Finding Limits()
    {
        const string Name = "limits";
        string files = "open files " + StartState.OpenFilesLimit().ToString(CultureInfo.InvariantCulture);
        string set = Shortage.Limits();
        return set.Length == 0
            ? Finding.Found(Name, "none of memory and processes; " + files)
            : Finding.Missed(Name, $"{set}; {files}: a large trace may not fit", "raise them by ulimit");
    }

    private static string OptionsOfProc()
    {
        string options = "";
        foreach (string line in Encoding.UTF8.GetString(Files.ReadAll("/proc/self/mounts\0"u8) ?? []).Split('\n'))
        {
            // SOURCE POINT TYPE OPTIONS 0 0. The last one on a place is what shows.
            options = line.Split(' ') is [_, "/proc", _, var found, ..] ? found : options;
        }

        return options;
    }

    private static string? Link(ReadOnlySpan<byte> path)
    {
        byte[] target = new byte[256];
        int length = Files.ReadLink(path, target);
        return length > 0 ? Encoding.ASCII.GetString(target, 0, length) : null;
    }
}
