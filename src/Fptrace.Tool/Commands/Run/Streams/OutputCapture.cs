using System.Buffers;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Manifests;
using Fptrace.Model;

namespace Fptrace.Commands.Run.Streams;

/// <summary>Passes on at once what a command writes to stdout and stderr, and keeps it.</summary>
/// <remarks>
/// The command inherits the tool's descriptors 0 to 2. While this object lives, 1 and 2 are pipes unless the command
/// gets the file or device itself (<see cref="HandedStreams"/>), or a terminal (<see cref="CommandTerminal"/>). 0 is
/// /dev/null unless the command gets the tool's input. All that the command wrote is in the pipes when it has ended. So
/// the tool does not wait for their end, since a process that outlives the command may keep them open.
/// <see cref="IsHeld"/> tells whether one does.
/// </remarks>
internal sealed partial class OutputCapture : IDisposable
{
    /// <summary>How much is kept. The rest is only passed on.</summary>
    public const long MostBytes = 64 << 20;

    private readonly int[] _own = [-1, -1, -1];
    private readonly int[] _readers = [-1, -1];
    private readonly int[] _errors = new int[2];
    private readonly HandedStreams _handed = new();
    private readonly List<string> _told = [];
    private readonly int _wake;
    private readonly int _woken;
    private readonly Thread _thread;
    private readonly List<(bool IsError, ArrayBufferWriter<byte> Bytes)> _chunks = [];
    private IReadOnlyList<OutputChunk> _printed = [];
    private string? _refusal;
    private string? _terminalFault;
    private long _size;
    private volatile bool _ended;
    private bool _drains;
    private bool _gaveBack;

    /// <param name="keepInput">Whether the command gets the tool's standard input.</param>
    /// <param name="terminals">Which standard streams the command gets as a terminal.</param>
    /// <exception cref="FptraceException">No descriptors are left.</exception>
    public OutputCapture(bool keepInput, TerminalStreams terminals)
    {
        if (!keepInput)
        {
            _own[0] = Pipes.Duplicate(0);
            CommandInput.TakeAway();
        }

        for (int i = 0; i < 2; i++)
        {
            // A stream that is closed stays closed.
            bool isTerminal = (terminals & CommandTerminal.StreamOf(i + 1)) != 0;
            bool isPiped = !isTerminal && !_handed.IsHanded(i + 1) && StandardFiles.IsInherited(i + 1);
            if (isTerminal || isPiped)
            {
                _own[i + 1] = Pipes.Duplicate(i + 1);
            }

            if (isPiped)
            {
                Check(Pipes.Create(out _readers[i], out int writer));
                Pipes.Replace(writer, i + 1);
                Files.Close(writer);
            }
        }

        Terminal = CommandTerminal.Begin(terminals, _own);
        Check(Pipes.Create(out _woken, out _wake));
        _thread = new Thread(Pass, maxStackSize: 256 * 1024) { IsBackground = true, Name = "output" };
        _thread.Start();
    }

    /// <summary>The streams that the command gets itself.</summary>
    public HandedStreams Handed => _handed;

    /// <summary>The terminal that the command gets; null when it gets none.</summary>
    public CommandTerminal? Terminal { get; }

    /// <summary>After the end: why the printed text can never stand for a run, or null.</summary>
    public string? Refusal =>
        _size > MostBytes ? $"it printed more than {MostBytes >> 20} MiB"
        : Failed(errno.EPIPE) is string closed ? $"nobody read its {closed} to the end"
        : Failure is string failure ? "what it printed was lost: " + failure
        : _refusal ?? _terminalFault;

    /// <summary>
    /// Tells the user why something could not be passed on; null when all was, or when its reader has gone.
    /// </summary>
    public string? Failure
    {
        get
        {
            int stream = Array.FindIndex(_errors, error => error is not 0 and not errno.EPIPE);
            return stream < 0 ? null : Replayed.Failure(stream + 1, _errors[stream]);
        }
    }

    /// <summary>
    /// Tells the user something while the command runs: later, if it would get into the command's output now.
    /// </summary>
    public void Tell(string line)
    {
        if (_own[2] < 0)
        {
            lock (_told)
            {
                _told.Add(line);
            }

            return;
        }

        if (_own[2] >= 0)
        {
            using var err = new StandardWriter(_own[2]);
            err.WriteLine(line);
        }
    }

    /// <summary>After the command's end: whether a process may still write to its stdout or stderr.</summary>
    public bool IsHeld()
    {
        if (!_gaveBack)
        {
            // The tool's own descriptors would hold the pipes open, too.
            _gaveBack = true;
            GiveBack(1);
            GiveBack(2);
        }

        return Volatile.Read(ref _readers[0]) >= 0 || Volatile.Read(ref _readers[1]) >= 0;
    }

    /// <summary>Gives the tool its own descriptors back. All that was written is passed on by then.</summary>
    public IReadOnlyList<OutputChunk> Finish()
    {
        if (!_ended)
        {
            _ended = true;
            _terminalFault = Terminal?.End();
            Pipes.WriteAll(_wake, [0]);
            _thread.Join();
            for (int fd = 0; fd <= 2; fd++)
            {
                GiveBack(fd);
                Files.Close(_own[fd]);
            }

            Files.Close(_wake);
            Files.Close(_woken);
            if (!_drains)
            {
                Files.Close(_readers[0]);
                Files.Close(_readers[1]);
            }

            FinishHanded();
        }

        return Refusal is null
            ? [.. _chunks.Select(chunk => new OutputChunk(chunk.IsError, chunk.Bytes.WrittenMemory)),
                .. Terminal?.Printed() ?? [], .. _printed]
            : [];
    }

    /// <summary>As <see cref="Finish"/>, but for a command that leaves processes running.</summary>
    /// <remarks>
    /// What they write is read and dropped, because a pipe without a reader would block them or kill them.
    /// </remarks>
    public IReadOnlyList<OutputChunk> Leave()
    {
        _drains = !_ended;
        IReadOnlyList<OutputChunk> printed = Finish();
        if (_drains)
        {
            new Thread(Drain, maxStackSize: 256 * 1024) { IsBackground = true, Name = "output" }.Start();
        }

        return printed;
    }

    public void Dispose() => Finish();

    private static void Check(int result)
    {
        if (result < 0)
        {
            throw UnforeseenFailure.Of("cannot make a pipe: "
                + System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(-result), -result);
        }
    }

    private void GiveBack(int fd)
    {
        if (_own[fd] >= 0)
        {
            Pipes.Replace(_own[fd], fd);
        }
    }

    /// <summary>Reads the files to which the command has printed, before the tool writes to them again.</summary>
    private void FinishHanded()
    {
        _handed.End();
        _printed = _handed.Read(MostBytes, out _refusal);
        using var err = new StandardWriter(2);
        lock (_told)
        {
            _told.ForEach(err.WriteLine);
        }
    }

    private string? Failed(int error) => Array.IndexOf(_errors, error) is >= 0 and int stream
        ? HandedStream.NameOf(stream + 1)
        : null;
}
