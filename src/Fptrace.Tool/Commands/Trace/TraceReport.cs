using System.Globalization;
using Fptrace.Linux.Descriptors;
using Fptrace.Commands.CommandLine;
using Fptrace.Linux.Processes;
using Fptrace.Model;
using Fptrace.Output;

namespace Fptrace.Commands.Trace;

/// <summary>
/// What the user is told of a trace without outputs: a summary at a terminal, and otherwise one line.
/// </summary>
internal sealed class TraceReport : TraceOutput
{
    private const int MostPrograms = 3;

    private readonly TraceOptions _options;
    private readonly ByteString _directory = new(OwnProcess.WorkingDirectory());
    private readonly HashSet<ByteString> _read = [];
    private readonly HashSet<ByteString> _written = [];
    private readonly ProgramTimes _times = new();
    private readonly HashSet<int> _processes = [];

    private TraceReport(TraceOptions options, bool isFull)
        : base("stderr")
    {
        _options = options;
        IsFull = isFull;
    }

    /// <summary>Whether to write a summary, for which files must be traced. The line alone costs nothing.</summary>
    public bool IsFull { get; }

    /// <returns>null when the user asked for outputs, or for --quiet.</returns>
    public static TraceReport? For(TraceOptions options) =>
        options.Quiet || options.AsksForSomething ? null : new TraceReport(options, isFull: Terminals.IsOne(2));

    public IEnumerable<string> Lines(TraceSummary summary)
    {
        if (IsFull)
        {
            yield return $"{Count(_processes.Count, "process", "processes")}, {Seconds(summary.DurationNs)}; slowest: "
                + $"{_times.Describe(MostPrograms)}";
            yield return $"below {_directory}: {Files(isBelow: true)}; outside: {Files(isBelow: false)}";
        }

        string nothing = IsFull ? "" : "nothing is written, for nothing was asked for; ";
        yield return LateOutput.Find(_options.Command) is { } late
            ? $"{nothing}{late.Option} after the command is the command's; for fptrace write fptrace {late.Option} -- "
                + $"{late.Command}"
            : $"{nothing}{(IsFull ? "for more " : "")}add -d FILE, -o FILE, -t FILE or -s DIR: fptrace -d deps.json "
                + $"{ShellWords.Join(_options.Command)}";
    }

    public override TraceNeeds Needs => IsFull ? NeedsFiles with { ProcessNumbers = true } : TraceNeeds.Processes;

    protected override void WriteEnd(Execution execution)
    {
        _processes.UnionWith(execution.Processes);
        _times.Add(execution);
        var lists = DepsLists.Of(execution.Accesses);
        AddFiles(_read, lists.Inputs);
        AddFiles(_written, lists.Outputs);
    }

    private static void AddFiles(HashSet<ByteString> files, IEnumerable<ByteString> paths)
    {
        foreach (ByteString path in paths)
        {
            // Devices, pipes and files that the kernel makes up are no files of the user's.
            if (!path.Span.StartsWith("/dev/"u8) && !path.Span.StartsWith("/proc/"u8)
                && !path.Span.StartsWith("/sys/"u8))
            {
                files.Add(path);
            }
        }
    }

    private string Files(bool isBelow) =>
        $"{Count(_read.Count(path => IsBelow(path) == isBelow), "file", "files")} read, "
            + $"{_written.Count(path => IsBelow(path) == isBelow)} written";

    private bool IsBelow(ByteString path) =>
        _directory.Length == 1 || PathNesting.IsBelow(path.Span, _directory.Span);

    private static string Count(int number, string one, string several) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {(number == 1 ? one : several)}");

    /// <summary>Words a time in seconds, with as many digits as matter.</summary>
    internal static string Seconds(long nanoseconds) =>
        (nanoseconds / 1e9).ToString(nanoseconds < 1_000_000_000 ? "0.000" : "0.0", CultureInfo.InvariantCulture)
            + " s";
}
