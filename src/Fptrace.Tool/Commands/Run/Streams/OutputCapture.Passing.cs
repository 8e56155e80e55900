using System.Buffers;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;

namespace Fptrace.Commands.Run.Streams;

/// <summary>The thread that reads what the command writes into its pipes.</summary>
internal sealed partial class OutputCapture
{
    private void Pass()
    {
        byte[] buffer = new byte[1 << 16];
        bool last = false;
        while (!last)
        {
            Pipes.Wait([_readers[0], _readers[1], _woken]);

            // Look before reading: all that was written before the end is in the pipes by then.
            last = _ended;
            bool more = true;
            while (more)
            {
                // Read the two in turns. Two pipes cannot keep the order any better.
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
        int result = Pipes.WriteAll(_own[stream + 1], bytes);
        if (result < 0)
        {
            // The reader of the tool's output has gone. Close the pipe, so that the command gets SIGPIPE as it would
            // without the tool.
            _errors[stream] = -result;
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
        if (_size > MostBytes)
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
