using System.Collections.Concurrent;
using Fptrace.Support;

namespace Fptrace.Engine;

/// <summary>One run of the real executable over a command, and what it wrote.</summary>
internal sealed class TracedRun
{
    private static readonly ConcurrentDictionary<string, bool> s_usable = new();

    private readonly WorkDirectory _directory;
    private readonly Lazy<TraceFile> _trace;
    private readonly Lazy<IReadOnlyList<DepsRecord>> _deps;

    private TracedRun(WorkDirectory directory, CommandResult result)
    {
        _directory = directory;
        Result = result;
        _trace = new(() => TraceFile.Read(Path.Combine(directory.Results, "trace.json")));
        _deps = new(() => DepsRecord.ReadFile(Path.Combine(directory.Results, "deps.json")));
    }

    public CommandResult Result { get; }

    public TraceFile Trace => _trace.Value;

    public IReadOnlyList<DepsRecord> Deps => _deps.Value;

    /// <summary>The accesses below the working directory and to the fictional names, as <c>ID KIND PATH
    /// [COUNTERPART]</c>.</summary>
    public IReadOnlyList<string> OwnAccesses => [.. Trace.Accesses
        .Where(access => access.Path.StartsWith(_directory.Work + "/", StringComparison.Ordinal)
            || access.Path.StartsWith("/dev/fptrace/", StringComparison.Ordinal))
        .Select(access =>
            string.Join(' ',
                new[]
                {
                    $"{access.Execution}",
                    access.Kind,
                    Short(access.Path),
                    Short(access.Counterpart),
                }.Where(word => word is { Length: > 0 })))];

    /// <summary>Traces with -d and -o.</summary>
    public static TracedRun Of(WorkDirectory directory, string engine, params IReadOnlyList<string> command) =>
        With(directory, engine, [], command);

    /// <summary>For tests that start the tool in their own way: it can trace here.</summary>
    public static void RequireEngine(WorkDirectory directory, string engine) =>
        Requires.That(s_usable.GetOrAdd(engine, _ => Of(directory, engine, "true").Result.ExitCode == 0),
            $"needs the engine {engine}");

    /// <summary>What a run of <see cref="CommandLine"/> wrote.</summary>
    public static TracedRun Of(WorkDirectory directory, CommandResult result) => new(directory, result);

    /// <summary>Traces with -d, -o and <paramref name="options"/>, from a command such as setpriv if there is
    /// one.</summary>
    public static TracedRun With(WorkDirectory directory, string engine, IReadOnlyList<string> options,
        IReadOnlyList<string> command, params IReadOnlyList<string> launcher)
    {
        CommandResult result = CommandRunner.Run(directory.Work,
            [.. launcher, .. CommandLine(directory, engine, options, command)]);
        Requires.That(result.ExitCode != ExitCodes.TracingDenied, $"needs the engine {engine}: {result.Error}");
        return new TracedRun(directory, result);
    }

    public static IReadOnlyList<string> CommandLine(WorkDirectory directory, string engine,
        IReadOnlyList<string> options, IReadOnlyList<string> command) =>
    [
        .. FptraceExecutable.Command,
        "--engine", engine,
        "-d", Path.Combine(directory.Results, "deps.json"),
        "-o", Path.Combine(directory.Results, "trace.json"),
        .. options,
        "--",
        .. command,
    ];

    /// <summary>The only record whose command has this name.</summary>
    public DepsRecord Record(string argument0) =>
        Assert.Single(Deps, record => record.Arguments is [var first, ..] && first == argument0);

    public TracedRun Succeeded()
    {
        Assert.True(Result.ExitCode == 0, $"exit {Result.ExitCode}: {Result.Error}{Result.Output}");
        return this;
    }

    /// <summary>A path relative to the working directory if it is below it.</summary>
    public string? Short(string? path) =>
        path is not null && path.StartsWith(_directory.Work + "/", StringComparison.Ordinal)
            ? path[(_directory.Work.Length + 1)..]
            : path;

    public IReadOnlyList<string> Short(IEnumerable<string> paths) => [.. paths.Select(path => Short(path)!)];
}
