using Fptrace.Linux.Headers;

namespace Fptrace.Linux.Processes;

/// <summary>The status of a process that wait4(2) returns (sys/wait.h).</summary>
internal readonly record struct WaitStatus(int Value)
{
    public bool Exited => (Value & 0x7f) == 0;

    public bool Stopped => (Value & 0xff) == 0x7f;

    public bool Signaled => !Exited && !Stopped;

    public int ExitCode => (Value >> 8) & 0xff;

    public int TermSignal => Value & 0x7f;

    /// <summary>The signal of a stop; SIGTRAP with bit 7 set at a system call.</summary>
    public int StopSignal => (Value >> 8) & 0xff;

    /// <summary>A PTRACE_EVENT_ number, or 0.</summary>
    public int Event => Value >> 16;

    /// <summary>The signal that is about to be delivered, at its own stop; 0 at other stops.</summary>
    public int DeliveredSignal => Event == 0 && StopSignal != (signal.SIGTRAP | 0x80) ? StopSignal : 0;

    /// <summary>Exit code, or −N on death by signal N.</summary>
    public int Outcome => Exited ? ExitCode : -TermSignal;
}
