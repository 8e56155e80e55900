using System.Buffers;
using Fptrace.Interop;
using Fptrace.Manifests;

namespace Fptrace.Commands;

/// <summary>Stands between a command and the tool's own stdout and stderr: passes on what is written at once, and keeps it.</summary>
/// <remarks>
/// While it lives, the descriptors 1 and 2 of the tool are pipes, and 0 is /dev/null unless it is a file: the command inherits them. Nobody waits for
/// the end of a pipe, which a process that outlives the command may keep open: when the command has ended, what it wrote is in the pipe. But
/// <see cref="IsHeld"/> tells whether one does.
/// </remarks>
internal sealed class OutputCapture : IDisposable
{
    /// <summary>More is passed on and not kept.</summary>
    public const long MostBytes = 64 << 20;

    private readonly int[] _own = new int[3];
    private readonly int[] _readers = [-1, -1];
    private readonly int _wake;
    private readonly int _woken;
    private readonly Thread _thread;
    private readonly List<(bool IsError, ArrayBufferWriter<byte> Bytes)> _chunks = [];
    private long _size;
    private volatile bool _ended;
    private bool _drains;
    private bool _gaveBack;

    /// <exception cref="FptraceException">No descriptors are left.</exception>
    public OutputCapture(bool keepInput)
    {
        for (int fd = 0; fd <= 2; fd++)
        {
            _own[fd] = Pipes.Duplicate(fd);
        }

        if (!keepInput)
        {
            int nothing = Files.Open(fcntl.AT_FDCWD, "/dev/null\0"u8, 0);
            Pipes.Replace(nothing, 0);
            Files.Close(nothing);
        }

        for (int i = 0; i < 2; i++)
        {
            Check(Pipes.Create(out _readers[i], out int writer));
            Pipes.Replace(writer, i + 1);
            Files.Close(writer);
        }

        Check(Pipes.Create(out _woken, out _wake));
        _thread = new Thread(Pass, maxStackSize: 256 * 1024) { IsBackground = true, Name = "output" };
        _thread.Start();
    }

    /// <summary>More was written than is kept.</summary>
    public bool IsCut => _size > MostBytes;

    /// <summary>The tool's own stderr, while descriptor 2 is the command's.</summary>
    public int OwnError => _own[2];

    /// <summary>Once the command has ended: whether a process may still write to its stdout or stderr.</summary>
    public bool IsHeld()
    {
        if (!_gaveBack)
        {
            // The tool's own would hold them, too.
            _gaveBack = true;
            Pipes.Replace(_own[1], 1);
            Pipes.Replace(_own[2], 2);
        }

        return Volatile.Read(ref _readers[0]) >= 0 || Volatile.Read(ref _readers[1]) >= 0;
    }

    /// <summary>Gives the tool its descriptors back; all that was written is passed on by then.</summary>
    public IReadOnlyList<OutputChunk> Finish()
    {
        if (!_ended)
        {
            _ended = true;
            Pipes.WriteAll(_wake, [0]);
            _thread.Join();
            for (int fd = 0; fd <= 2; fd++)
            {
                if (_own[fd] >= 0)
                {
                    Pipes.Replace(_own[fd], fd);
                    Files.Close(_own[fd]);
                }
            }

            Files.Close(_wake);
            Files.Close(_woken);
            if (!_drains)
            {
                Files.Close(_readers[0]);
                Files.Close(_readers[1]);
            }
        }

        return IsCut ? [] : [.. _chunks.Select(chunk => new OutputChunk(chunk.IsError, chunk.Bytes.WrittenMemory))];
    }

    /// <summary>The same, and from now on what processes that stay write is thrown away: a pipe that nobody reads would hold them up, or end them.</summary>
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

    /// <summary>Writes what a command printed as if it ran again.</summary>
    public static void Replay(IReadOnlyList<OutputChunk> printed)
    {
        foreach (OutputChunk chunk in printed)
        {
            Pipes.WriteAll(chunk.IsError ? 2 : 1, chunk.Bytes.Span);
        }
    }

    private static void Check(int result)
    {
        if (result < 0)
        {
            throw new FptraceException(ExitCodes.Internal, "cannot make a pipe: " + System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(-result));
        }
    }

    private void Pass()
    {
        byte[] buffer = new byte[1 << 16];
        bool last = false;
        while (!last)
        {
            Pipes.Wait([_readers[0], _readers[1], _woken]);

            // Before the reading: what was written before the end is read after this look.
            last = _ended;
            bool more = true;
            while (more)
            {
                // In turns, so that the order is kept as well as two pipes can keep it.
                more = PassOne(0, buffer) | PassOne(1, buffer);
            }
        }
    }

    private void Drain()
    {
        byte[] buffer = new byte[1 << 12];
        while (_readers[0] >= 0 || _readers[1] >= 0)
        {
            Pipes.Wait(_readers);
            for (int i = 0; i < 2; i++)
            {
                if (_readers[i] >= 0 && Pipes.Read(_readers[i], buffer) == 0)
                {
                    Close(i);
                }
            }
        }
    }

    private bool PassOne(int stream, byte[] buffer)
    {
        if (_readers[stream] < 0)
        {
            return false;
        }

        int count = Pipes.Read(_readers[stream], buffer);
        if (count <= 0)
        {
            if (count == 0)
            {
                // Nobody is left who could write.
                Close(stream);
            }

            return false;
        }

        ReadOnlySpan<byte> bytes = buffer.AsSpan(0, count);
        Keep(stream == 1, bytes);
        if (Pipes.WriteAll(_own[stream + 1], bytes) < 0)
        {
            // Nobody reads what we write, so nobody may read what the command writes: it gets the same SIGPIPE.
            Close(stream);
        }

        return true;
    }

    private void Close(int stream)
    {
        Files.Close(_readers[stream]);
        Volatile.Write(ref _readers[stream], -1);
    }

    private void Keep(bool isError, ReadOnlySpan<byte> bytes)
    {
        _size += bytes.Length;
        if (IsCut)
        {
            _chunks.Clear();
            return;
        }

        if (_chunks.Count == 0 || _chunks[^1].IsError != isError)
        {
            _chunks.Add((isError, new ArrayBufferWriter<byte>()));
        }

        _chunks[^1].Bytes.Write(bytes);
    }
}
