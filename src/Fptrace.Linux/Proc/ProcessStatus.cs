using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;

namespace Fptrace.Linux.Proc;

/// <summary>The status of a thread in /proc/PID/status (proc_pid_status(5)), read once.</summary>
/// <param name="text">The whole text of the file; null if it could not be read.</param>
internal readonly struct ProcessStatus(byte[]? text)
{
    private readonly byte[]? _text = text;

    public bool Exists => _text is not null;

    /// <summary>
    /// Whether the thread exists and has not ended. An ended tracee stays a zombie until its parent has waited, too.
    /// </summary>
    public bool IsAlive => Exists && !Value("State"u8).StartsWith("Z"u8) && !Value("State"u8).StartsWith("X"u8);

    public int Tgid => Number("Tgid"u8);

    /// <summary>The current parent process. If the first parent has ended, it is a reaper.</summary>
    public int ParentId => Number("PPid"u8);

    /// <summary>The thread that traces it; 0 if there is none, or it is outside of our PID namespace.</summary>
    public int TracerId => Number("TracerPid"u8);

    /// <summary>Whether the thread is stopped for its tracer.</summary>
    public bool IsInTracingStop => Value("State"u8).StartsWith("t"u8);

    /// <summary>Whether the thread is stopped by job control.</summary>
    public bool IsStopped => Value("State"u8).StartsWith("T"u8);

    /// <summary>The file name of its program, or the name that it gave itself; at most 15 bytes.</summary>
    public string Name => Encoding.UTF8.GetString(Value("Name"u8));

    /// <summary>The effective capabilities. A capability has the bit 1 &lt;&lt; number.</summary>
    public ulong EffectiveCapabilities => Mask("CapEff"u8);

    public ulong PermittedCapabilities => Mask("CapPrm"u8);

    public ulong InheritableCapabilities => Mask("CapInh"u8);

    public ulong BoundingCapabilities => Mask("CapBnd"u8);

    /// <summary>The ignored signals. A signal has the bit 1 &lt;&lt; (number − 1).</summary>
    public ulong IgnoredSignals => Mask("SigIgn"u8);

    public bool HasNoNewPrivileges => Number("NoNewPrivs"u8) == 1;

    public static ProcessStatus Of(int tid) => new(Files.ReadAll(ProcPath.Of(tid, "status"u8)));

    /// <summary>Whether a thread runs or waits for a processor.</summary>
    /// <remarks>This is the cheapest answer that does not count a thread which has just gone to sleep.</remarks>
    /// <param name="stat">The path /proc/TID/stat, with a NUL at the end.</param>
    public static bool IsRunnable(ReadOnlySpan<byte> stat)
    {
        // "123 (sh) R ...": the name can contain any bytes, and has at most 15.
        Span<byte> text = stackalloc byte[64];
        int length = Files.ReadAt(stat, 0, text);
        int end = length <= 0 ? -1 : text[..length].LastIndexOf(") "u8);
        return end >= 0 && end + 2 < length && text[end + 2] == 'R';
    }

    /// <summary>Whether a signal was sent to the process and no thread has taken it yet.</summary>
    public bool HasPending(int signal) => Holds("ShdPnd"u8, signal);

    /// <summary>Whether the program has a handler for the signal.</summary>
    public bool Catches(int signal) => Holds("SigCgt"u8, signal);

    /// <summary>
    /// Whether the signal has no effect: the program ignores it, or does not catch it and the default is to ignore it.
    /// </summary>
    public bool Ignores(int number) =>
        Holds("SigIgn"u8, number)
        || (number is signal.SIGCHLD or signal.SIGCONT or signal.SIGURG or signal.SIGWINCH && Exists
            && !Catches(number));

    public bool Blocks(int signal) => Holds("SigBlk"u8, signal);

    /// <summary>Reads the user IDs: real, effective, saved, and that for the file system.</summary>
    /// <returns>How many IDs were read: all, or as many as there is room for.</returns>
    public int ReadUsers(Span<uint> ids) => ReadNumbers(Value("Uid"u8), ids);

    /// <summary>Reads the group IDs: real, effective, saved, and that for the file system.</summary>
    public int ReadGroup(Span<uint> ids) => ReadNumbers(Value("Gid"u8), ids);

    /// <summary>Reads the supplementary groups.</summary>
    public int ReadGroups(Span<uint> ids) => ReadNumbers(Value("Groups"u8), ids);

    /// <summary>One word of a field; empty if there is no such field or word.</summary>
    /// <param name="name">The name of the field.</param>
    /// <param name="word">The position of the word, from 0; −1 for the whole value.</param>
    public string Text(ReadOnlySpan<byte> name, int word)
    {
        string text = Encoding.ASCII.GetString(Value(name)).Trim();
        return word < 0 || text.Length == 0 ? text : text.Split('\t')[word];
    }

    /// <summary>Parses numbers that are separated by white space, as in files of /proc.</summary>
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

    /// <summary>The value of a field, which follows its name, a colon and a tab.</summary>
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
