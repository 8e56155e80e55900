using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Manifests;
using Fptrace.Model;
using Fptrace.Steps;
using Fptrace.Tracing.Plan;

namespace Fptrace.Commands.Run.Streams;

/// <summary>The terminal that a command gets as one or more of its standard streams.</summary>
/// <remarks>docs/design.md says why the command gets the terminal itself, and not a pseudo-terminal.</remarks>
internal sealed class CommandTerminal
{
    private readonly TerminalStreams _streams;
    private readonly int _fd;
    private readonly int[] _descriptors = new int[3];
    private readonly int? _columns;
    private readonly long _lastRead;
    private readonly bool _isWatched;
    private readonly bool _isAlone;

    /// <summary>
    /// Opens the terminal anew for stdout and stderr, so that each stream has an open file of its own.
    /// </summary>
    /// <param name="streams">Which streams of the command are the terminal.</param>
    /// <param name="own">Copies of the tool's own descriptors.</param>
    private CommandTerminal(TerminalStreams streams, int[] own)
    {
        _streams = streams;
        _fd = DescriptorIn(streams);
        _columns = Terminals.Columns(_fd);
        for (int fd = 0; fd <= 2; fd++)
        {
            bool isOurs = (streams & StreamOf(fd)) != 0;
            int anew = isOurs && fd > 0 ? Terminals.OpenAnew(fd) : -1;
            if (anew >= 0)
            {
                Pipes.Replace(anew, fd);
            }

            // The terminal cannot be opened again after su, for example. Then nobody can tell the two streams apart.
            _descriptors[fd] = anew >= 0 ? anew : isOurs ? Pipes.Duplicate(fd) : -1;
        }

        Watch = new TerminalWatch(streams, _descriptors, [.. own.Where(fd => fd >= 0 && Terminals.IsOne(fd))],
            OutputCapture.MostBytes);
        if ((streams & TerminalStreams.Input) != 0)
        {
            // In the background, or with a pager behind a pipe, another process may read what is typed.
            _isAlone = streams == TerminalStreams.All && Terminals.IsForeground(0);
            _lastRead = Terminals.LastRead(0);
            _isWatched = Terminals.BeginWatch(0, _lastRead);
        }
    }

    public TerminalWatch Watch { get; }

    /// <summary>Which of the tool's standard streams are a terminal that the command gets.</summary>
    /// <remarks>It asks for nothing else about the terminal: that would be one more call in each check.</remarks>
    public static TerminalStreams Find(RunOptions options)
    {
        TerminalStreams found = TerminalStreams.None;
        for (int fd = 0; fd <= 2 && !options.NoTerminal; fd++)
        {
            if (!(fd == 0 && options.NoInput) && StandardFiles.IsInherited(fd) && Terminals.IsOne(fd))
            {
                found |= StreamOf(fd);
            }
        }

        return found;
    }

    /// <summary>What the step says of the terminal; null when it has none.</summary>
    public static StepTerminal? Of(TerminalStreams streams) =>
        streams == TerminalStreams.None
            ? null
            : new StepTerminal { Streams = streams, Columns = Terminals.Columns(DescriptorIn(streams)) };

    /// <returns>null when the command gets no terminal.</returns>
    public static CommandTerminal? Begin(TerminalStreams streams, int[] own) =>
        streams == TerminalStreams.None ? null : new CommandTerminal(streams, own);

    public static TerminalStreams StreamOf(int fd) => (TerminalStreams)(1 << fd);

    /// <summary>What the command asked of the terminal.</summary>
    public StepTerminal Used() =>
        new() { Streams = _streams, Asked = Watch.Asked, Columns = Watch.AsksSize ? _columns : null };

    /// <summary>What the command printed on the terminal.</summary>
    public IReadOnlyList<OutputChunk> Printed() =>
    [
        .. Watch.Printed().Select(chunk => new OutputChunk(chunk.Streams == TerminalStreams.Error, chunk.Bytes)
        {
            IsBoth = chunk.Streams == (TerminalStreams.Output | TerminalStreams.Error),
        }),
    ];

    /// <summary>Called when the command has ended.</summary>
    /// <returns>Why the run does not count, or null.</returns>
    public string? End()
    {
        bool isRead = Watch.IsRead;
        if (_isWatched && Terminals.EndWatch(0, _lastRead))
        {
            // If the job was stopped, it was a shell that read the word which let it go on.
            isRead |= Watch.IsOpenedForReading || (_isAlone && !Watch.WasStopped && Terminals.IsForeground(0));
        }

        int? columns = Terminals.Columns(_fd);
        Array.ForEach(_descriptors, Files.Close);
        return isRead ? "it read what was typed at the terminal"
            : Watch.IsOpenedForReading && !_isWatched
                ? "it opened the terminal to read, and nobody can tell whether it read what was typed; --no-terminal "
                    + "takes the terminal away"
            : Watch.Fault is string fault ? fault
            : Watch.AsksSize && columns != _columns ? "the terminal's width changed while the command ran"
            : null;
    }

    private static int DescriptorIn(TerminalStreams streams) =>
        (streams & TerminalStreams.Output) != 0 ? 1 : (streams & TerminalStreams.Error) != 0 ? 2 : 0;
}
