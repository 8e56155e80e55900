using System.Globalization;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;

namespace Fptrace.Tracing.Supervision;

/// <summary>
/// The proxy's part of what the tracer writes to the caller's pipes: it copies that from pipes of its own.
/// </summary>
/// <remarks>
/// A killed tracer whose thread is held by a file system keeps its descriptors open. If the caller's pipes were among
/// them, whoever reads them to their end would wait for that file system, too.
/// </remarks>
internal sealed class RelayedStreams
{
    private readonly List<Thread> _threads = [];
    private readonly int[] _writers = [-1, -1];
    private readonly int[] _readers = [-1, -1];

    /// <summary>What the command line of the tracer says of them.</summary>
    public string Words => string.Create(CultureInfo.InvariantCulture, $":{_writers[0]}:{_writers[1]}");

    /// <summary>
    /// Makes a pipe for each of stdout and stderr that is one itself; one for both if both are the same. Begins to
    /// copy.
    /// </summary>
    public static RelayedStreams Begin()
    {
        var streams = new RelayedStreams();
        for (int i = 0; i < 2; i++)
        {
            if (CallerPipes.NameOf(i + 1) is not { } name)
            {
                continue;
            }

            if (i == 1 && streams._writers[0] >= 0 && name == CallerPipes.NameOf(1))
            {
                streams._writers[1] = streams._writers[0];
            }
            else if (Pipes.Create(out streams._readers[i], out streams._writers[i]) == 0)
            {
                DescriptorFlags.KeepOnExec(streams._writers[i]);
                streams.Start(streams._readers[i], i + 1);
            }
        }

        return streams;
    }

    /// <summary>Called when the tracer has its ends, or could not be started.</summary>
    public void HandOver()
    {
        for (int i = 0; i < 2; i++)
        {
            if (_readers[i] >= 0)
            {
                Files.Close(_writers[i]);
            }
        }
    }

    /// <summary>Waits until all is copied. The tracer has ended, or has let go of its ends.</summary>
    public void Finish() => _threads.ForEach(thread => thread.Join());

    private void Start(int reader, int stream)
    {
        var thread = new Thread(() => Copy(reader, stream), maxStackSize: 256 * 1024) { Name = "relay" };
        thread.IsBackground = true;
        thread.Start();
        _threads.Add(thread);
    }

    private static void Copy(int reader, int stream)
    {
        byte[] buffer = new byte[1 << 16];
        while (true)
        {
            Pipes.Wait([reader]);
            int length = Pipes.Read(reader, buffer);
            if (length == -errno.EAGAIN)
            {
                continue;
            }

            if (length <= 0 || Pipes.WriteAll(stream, buffer.AsSpan(0, length)) < 0)
            {
                // Without a reader the tracer gets the same error as if it wrote there itself.
                Files.Close(reader);
                return;
            }
        }
    }
}
