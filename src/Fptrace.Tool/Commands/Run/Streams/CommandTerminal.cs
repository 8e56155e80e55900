using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Manifests;
using Fptrace.Model;
using Fptrace.Steps;
using Fptrace.Tracing.Plan;

namespace Fptrace.Commands.Run.Streams;

/// <summary>The terminal that a command gets itself, where standard streams of ours are one.</summary>
/// <remarks>docs/design.md says why it is the terminal itself and not one of ours in its place.</remarks>
internal sealed class CommandTerminal
{
    private readonly TerminalStreams _streams;
    private readonly int _fd;
    private readonly int[] _descriptors = new int[3];
    private readonly int? _columns;
    private readonly long _lastRead;
    private readonly bool _isWatched;
    private readonly bool _isAlone;

    /// <summary>Puts a description of its own in place of each of our stdout and stderr that is handed on.</summary>
    /// <param name="streams">What the command gets of the terminal.</param>
    /// <param name="own">Copies of our own descriptors.</param>
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

            // Where it cannot be opened anew, as after su, nobody can tell the streams apart.
            _descriptors[fd] = anew >= 0 ? anew : isOurs ? Pipes.Duplicate(fd) : -1;
        }

        Watch = new TerminalWatch(streams, _descriptors, [.. own.Where(fd => fd >= 0 && Terminals.IsOne(fd))],
            OutputCapture.MostBytes);
        if ((streams & TerminalStreams.Input) != 0)
        {
            // What is typed while we are in the background others read, and so does a pager behind a pipe.
            _isAlone = streams == TerminalStreams.All && Terminals.IsForeground(0);
            _lastRead = Terminals.LastRead(0);
            _isWatched = Terminals.BeginWatch(0, _lastRead);
        }
    }

    public TerminalWatch Watch { get; }

    /// <summary>Which of our standard streams the command gets as a terminal; without looking at it, for that is one
    /// more call in a check.</summary>
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

    /// <summary>The same for the step; null where it has none.</summary>
    public static StepTerminal? Of(TerminalStreams streams) =>
        streams == TerminalStreams.None
            ? null
            : new StepTerminal { Streams = streams, Columns = Terminals.Columns(DescriptorIn(streams)) };

    /// <returns>Null where the command gets none.</returns>
    public static CommandTerminal? Begin(TerminalStreams streams, int[] own) =>
        streams == TerminalStreams.None ? null : new CommandTerminal(streams, own);

    public static TerminalStreams StreamOf(int fd) => (TerminalStreams)(1 << fd);

    /// <summary>What was asked of it.</summary>
    public StepTerminal Used() =>
        new() { Streams = _streams, Asked = Watch.Asked, Columns = Watch.AsksSize ? _columns : null };

    /// <summary>What was printed there.</summary>
    public IReadOnlyList<OutputChunk> Printed() =>
    [
        .. Watch.Printed().Select(chunk => new OutputChunk(chunk.Streams == TerminalStreams.Error, chunk.Bytes)
        {
            IsBoth = chunk.Streams == (TerminalStreams.Output | TerminalStreams.Error),
        }),
    ];

    /// <summary>The command has ended.</summary>
    /// <returns>Why the run does not count, or null.</returns>
    public string? End()
    {
        bool isRead = Watch.IsRead;
        if (_isWatched && Terminals.EndWatch(0, _lastRead))
        {
            // A shell has read the word that let a stopped job go on.
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
