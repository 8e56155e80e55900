namespace Fptrace.Tracing.Launch;

/// <summary>What the start of a trace learnt of seccomp. Each number is 0 or −errno, and null was not asked.</summary>
internal sealed record SeccompFindings
{
    /// <summary>A filter that sends notifications (SECCOMP_FILTER_FLAG_NEW_LISTENER, Linux 5.0).</summary>
    public int? Listening { get; init; }

    /// <summary>The answer by which a call goes on (SECCOMP_USER_NOTIF_FLAG_CONTINUE, Linux 5.5).</summary>
    public int? Continuing { get; init; }

    /// <summary>Whether a notification wakes the receiver on the tracee's processor (Linux 6.6).</summary>
    public bool? WakesSynchronously { get; init; }

    /// <summary>A filter that stops calls for ptrace.</summary>
    public int? Filtering { get; init; }
}
