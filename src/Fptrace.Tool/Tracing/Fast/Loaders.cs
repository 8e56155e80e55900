using Fptrace.Linux.FileSystem;
using Fptrace.Model;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Fast;

/// <summary>The dynamic linkers of a run. Not thread-safe.</summary>
internal sealed class Loaders
{
    private readonly Dictionary<ByteString, (FileStamp Stamp, Loader? Loader)> _known = new(PathBytes.Comparer);

    /// <param name="path">The interpreter of a program, as we see it.</param>
    /// <returns>null for one that cannot be patched.</returns>
    public Loader? Find(ByteString path)
    {
        if (FileStamps.Of([.. path.Span, 0], FinalLink.Follow, out FileStamp stamp) != 0)
        {
            return null;
        }

        if (!_known.TryGetValue(path, out (FileStamp Stamp, Loader? Loader) found) || found.Stamp != stamp)
        {
            found = (stamp, Loader.Read(path));
            _known[path] = found;
        }

        return found.Loader;
    }
}
