using Fptrace.Linux.Headers;
using Fptrace.Tracing.Launch;
using Fptrace.Tracing.Plan;

namespace Fptrace.Commands.Doctor;

/// <summary>What trials tell of seccomp and ptrace.</summary>
internal static class EngineFindings
{
    private const string AllowSeccomp = "allow seccomp(2) in the sandbox";

    /// <summary>One finding for each engine.</summary>
    /// <param name="auto">The trial that chose its engine.</param>
    public static IEnumerable<Finding> OfEngines(Trial auto)
    {
        foreach (EngineKind engine in Enum.GetValues<EngineKind>())
        {
            string name = "engine " + EngineName.Of(engine);
            Trial trial = auto.Engine == engine ? auto : Trial.Of(engine);
            yield return trial.Failure is null
                ? Finding.Found(name, "traces")
                : Finding.Missed(name, trial.Launcher?.Cause is { Length: > 0 } cause ? cause : trial.Failure,
                    auto.Failure is null ? "none needed: another engine traces" : "see what follows");
        }
    }

    /// <summary>What the first trial asked the kernel for, in that order.</summary>
    public static IEnumerable<Finding> OfRequests(Trial auto)
    {
        SeccompFindings seccomp = auto.Launcher?.Seccomp ?? new();
        int? filtering = seccomp.Listening >= 0 ? seccomp.Listening : seccomp.Filtering;
        yield return Seccomp("seccomp user notification", auto, seccomp.Listening, "the filter has a listener",
            "every call that fptrace sees stops twice, which takes longer", seccomp.Listening == -errno.EBUSY
            ? "run fptrace outside of what already listens (a container runtime, another tracer)"
            : "Linux 5.0, or " + AllowSeccomp);
        yield return Finding.Of("SECCOMP_USER_NOTIF_FLAG_CONTINUE",
            seccomp.Listening >= 0 ? seccomp.Continuing : null, "a call goes on after its notification",
            "no notifications", "Linux 5.5");
        yield return WakeUp(seccomp);
        yield return Seccomp("seccomp filter", auto, filtering, "only the calls that matter stop",
            "every call stops, which takes several times as long", AllowSeccomp);
        int? seizing = auto.Launcher?.Seizing;
        yield return Finding.Of("ptrace", seizing, "PTRACE_SEIZE is granted", "no trace",
            seizing < 0 ? Denial.Of(-seizing.Value) : "");
        yield return CallInformation(auto);
    }

    private static Finding Seccomp(string name, Trial auto, int? result, string found, string missed, string remedy) =>
        result is null && auto.Launcher?.Cause is { Length: > 0 } cause
        ? Finding.Missed(name, $"{cause}: {missed}", remedy)
        : Finding.Of(name, result, found, missed, remedy);

    private static Finding WakeUp(SeccompFindings seccomp)
    {
        const string Name = "synchronous wake-up";
        return seccomp.WakesSynchronously switch
        {
            null => Finding.Unknown(Name, "not asked: there are no notifications"),
            true => Finding.Found(Name, "a notification wakes fptrace on the command's processor"),
            false => Finding.Missed(Name, "each notification takes longer", "Linux 6.6"),
        };
    }

    private static Finding CallInformation(Trial auto)
    {
        const string Name = "PTRACE_GET_SYSCALL_INFO";
        return auto.Failure is null ? Finding.Found(Name, "tells a tracee's system calls")
            : auto.Launcher?.Seizing != 0 ? Finding.Unknown(Name, "not asked: the trace ended before")
            : Finding.Missed(Name, auto.Failure, "Linux 5.3, or another sandbox");
    }
}
