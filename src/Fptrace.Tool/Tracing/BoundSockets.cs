using Fptrace.Model;

namespace Fptrace.Tracing;

/// <summary>The unix sockets that the command's own processes have given a name: whoever connects to one of them stays in the trace. Thread-safe.</summary>
internal sealed class BoundSockets
{
    private readonly Lock _lock = new();
    private readonly HashSet<(ulong Device, ulong Inode)> _files = [];
    private readonly HashSet<ByteString> _abstract = [];

    public void Add(in FileStamp file)
    {
        lock (_lock)
        {
            _files.Add((file.Device, file.Inode));
        }
    }

    public void Add(ByteString abstractName)
    {
        lock (_lock)
        {
            _abstract.Add(abstractName);
        }
    }

    public bool Contains(in FileStamp file)
    {
        lock (_lock)
        {
            return _files.Contains((file.Device, file.Inode));
        }
    }

    public bool Contains(ByteString abstractName)
    {
        lock (_lock)
        {
            return _abstract.Contains(abstractName);
        }
    }
}
