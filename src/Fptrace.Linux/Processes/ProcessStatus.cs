using System.Globalization;
using System.Text;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;

namespace Fptrace.Linux.Processes;

/// <summary>What /proc/PID/status says of a thread (proc_pid_status(5)); read once.</summary>
internal readonly struct ProcessStatus
{
    private readonly byte[]? _text;

    private ProcessStatus(byte[]? text) => _text = text;

    public bool Exists => _text is not null;

    /// <summary>It is there, and no zombie: one that its tracer has waited for still waits for its parent.</summary>
    public bool IsAlive => Exists && !Value("\nState:\t"u8).StartsWith("Z"u8) && !Value("\nState:\t"u8).StartsWith("X"u8);

    public int Tgid => Number("\nTgid:\t"u8);

    /// <summary>The process whose child it is now; a reaper's when its parent has ended.</summary>
    public int ParentId => Number("\nPPid:\t"u8);

    /// <summary>The thread that traces it; 0 for none, or one that is not visible from here.</summary>
    public int TracerId => Number("\nTracerPid:\t"u8);

    /// <summary>It stands still for its tracer.</summary>
    public bool IsInTracingStop => Value("\nState:\t"u8).StartsWith("t"u8);

    /// <summary>It stands still as a job.</summary>
    public bool IsStopped => Value("\nState:\t"u8).StartsWith("T"u8);

    /// <summary>The file name of its program, cut to 15 bytes, or what it calls itself.</summary>
    public string Name => _text.AsSpan().StartsWith("Name:\t"u8) ? Encoding.UTF8.GetString(Line(_text.AsSpan("Name:\t".Length))) : "";

    public static ProcessStatus Of(int tid) => new(Files.ReadAll(Encoding.ASCII.GetBytes($"/proc/{tid}/status\0")));

    /// <summary>Whether a thread runs or waits for a processor: the cheapest answer that counts none which has just gone to sleep.</summary>
    /// <param name="stat">/proc/TID/stat, NUL-terminated.</param>
    public static bool IsRunnable(ReadOnlySpan<byte> stat)
    {
        // "123 (sh) R ...": the name may hold anything, and is cut to 15 bytes.
        Span<byte> text = stackalloc byte[64];
        int length = Files.ReadAt(stat, 0, text);
        int end = length <= 0 ? -1 : text[..length].LastIndexOf(") "u8);
        return end >= 0 && end + 2 < length && text[end + 2] == 'R';
    }

    /// <summary>The signal was sent to the process and no thread of it has taken it yet.</summary>
    public bool HasPending(int signal) => Holds("\nShdPnd:\t"u8, signal);

    /// <summary>A handler of its program runs for the signal.</summary>
    public bool Catches(int signal) => Holds("\nSigCgt:\t"u8, signal);

    /// <summary>The signal does nothing: its program ignores it, or it is one of those that do nothing unless they are caught.</summary>
    public bool Ignores(int number) =>
        Holds("\nSigIgn:\t"u8, number)
        || (number is signal.SIGCHLD or signal.SIGCONT or signal.SIGURG or signal.SIGWINCH && Exists && !Catches(number));

    public bool Blocks(int signal) => Holds("\nSigBlk:\t"u8, signal);

    private bool Holds(ReadOnlySpan<byte> mask, int signal) =>
        ulong.TryParse(Value(mask), NumberStyles.HexNumber, null, out ulong bits) && (bits >> (signal - 1) & 1) != 0;

    private int Number(ReadOnlySpan<byte> name) =>
        int.TryParse(Value(name), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;

    private ReadOnlySpan<byte> Value(ReadOnlySpan<byte> name)
    {
        int at = _text.AsSpan().IndexOf(name);
        return at < 0 ? [] : Line(_text.AsSpan(at + name.Length));
    }

    private static ReadOnlySpan<byte> Line(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)'\n');
        return end < 0 ? text : text[..end];
    }
}
