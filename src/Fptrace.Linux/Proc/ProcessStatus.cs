using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;

namespace Fptrace.Linux.Proc;

/// <summary>What /proc/PID/status says of a thread (proc_pid_status(5)); read once.</summary>
/// <param name="text">All of that file; null: it could not be read.</param>
internal readonly struct ProcessStatus(byte[]? text)
{
    private readonly byte[]? _text = text;

    public bool Exists => _text is not null;

    /// <summary>It is there, and no zombie: one that its tracer has waited for still waits for its parent.</summary>
    public bool IsAlive => Exists && !Value("State"u8).StartsWith("Z"u8) && !Value("State"u8).StartsWith("X"u8);

    public int Tgid => Number("Tgid"u8);

    /// <summary>The process whose child it is now; a reaper's when its parent has ended.</summary>
    public int ParentId => Number("PPid"u8);

    /// <summary>The thread that traces it; 0 for none, or one that is not visible from here.</summary>
    public int TracerId => Number("TracerPid"u8);

    /// <summary>It stands still for its tracer.</summary>
    public bool IsInTracingStop => Value("State"u8).StartsWith("t"u8);

    /// <summary>It stands still as a job.</summary>
    public bool IsStopped => Value("State"u8).StartsWith("T"u8);

    /// <summary>The file name of its program, cut to 15 bytes, or what it calls itself.</summary>
    public string Name => Encoding.UTF8.GetString(Value("Name"u8));

    /// <summary>Bits of capabilities: 1 &lt;&lt; number.</summary>
    public ulong EffectiveCapabilities => Mask("CapEff"u8);

    public ulong PermittedCapabilities => Mask("CapPrm"u8);

    public ulong InheritableCapabilities => Mask("CapInh"u8);

    public ulong BoundingCapabilities => Mask("CapBnd"u8);

    /// <summary>Bits of the signals that it ignores: 1 &lt;&lt; (number − 1).</summary>
    public ulong IgnoredSignals => Mask("SigIgn"u8);

    public static ProcessStatus Of(int tid) => new(Files.ReadAll(ProcPath.Of(tid, "status"u8)));

    /// <summary>Whether a thread runs or waits for a processor: the cheapest answer that counts none which has just
    /// gone to sleep.</summary>
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
    public bool HasPending(int signal) => Holds("ShdPnd"u8, signal);

    /// <summary>A handler of its program runs for the signal.</summary>
    public bool Catches(int signal) => Holds("SigCgt"u8, signal);

    /// <summary>The signal does nothing: its program ignores it, or it is one of those that do nothing unless they are
    /// caught.</summary>
    public bool Ignores(int number) =>
        Holds("SigIgn"u8, number)
        || (number is signal.SIGCHLD or signal.SIGCONT or signal.SIGURG or signal.SIGWINCH && Exists
            && !Catches(number));

    public bool Blocks(int signal) => Holds("SigBlk"u8, signal);

    /// <summary>Its user ids: real, effective, saved, and that of the file system.</summary>
    /// <returns>How many there are, or as many as have room.</returns>
    public int ReadUsers(Span<uint> ids) => ReadNumbers(Value("Uid"u8), ids);

    /// <summary>The same of its group.</summary>
    public int ReadGroup(Span<uint> ids) => ReadNumbers(Value("Gid"u8), ids);

    /// <summary>Its other groups.</summary>
    public int ReadGroups(Span<uint> ids) => ReadNumbers(Value("Groups"u8), ids);

    /// <summary>A word of a line; "" where there is no such line.</summary>
    /// <param name="name">Of the field.</param>
    /// <param name="word">Counted from 0; -1 for all of them.</param>
    public string Text(ReadOnlySpan<byte> name, int word)
    {
        string text = Encoding.ASCII.GetString(Value(name)).Trim();
        return word < 0 || text.Length == 0 ? text : text.Split('\t')[word];
    }

    /// <summary>Numbers with blanks between, as files of /proc have them.</summary>
    public static int ReadNumbers(ReadOnlySpan<byte> text, Span<uint> numbers)
    {
        ReadOnlySpan<byte> rest = text;
        int count = 0;
        while (count < numbers.Length)
        {
            rest = rest.TrimStart("\t "u8);
            if (!Utf8Parser.TryParse(rest, out uint number, out int consumed))
            {
                break;
            }

            numbers[count++] = number;
            rest = rest[consumed..];
        }

        return count;
    }

    private bool Holds(ReadOnlySpan<byte> mask, int signal) => (Mask(mask) >> (signal - 1) & 1) != 0;

    private ulong Mask(ReadOnlySpan<byte> name) =>
        ulong.TryParse(Value(name), NumberStyles.HexNumber, null, out ulong bits) ? bits : 0;

    private int Number(ReadOnlySpan<byte> name) =>
        int.TryParse(Value(name), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;

    /// <summary>What stands behind a name, a colon and a tab.</summary>
    private ReadOnlySpan<byte> Value(ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> rest = _text;
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? rest : rest[..end];
            if (line.StartsWith(name) && line[name.Length..] is [(byte)':', (byte)'\t', ..])
            {
                return line[(name.Length + 2)..];
            }

            rest = end < 0 ? [] : rest[(end + 1)..];
        }

        return [];
    }
}
