using Fptrace.Linux.FileSystem;
using Fptrace.Model;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Recording;

/// <summary>What was seen at the paths of one program while its process stood still. Each path is looked at
/// once.</summary>
internal sealed class ProgramLooks
{
    // As a rule one or two.
    private readonly List<KeyValuePair<ByteString, FileStamp>> _looks = [];

    /// <summary>What exists where a path leads; <c>default</c> for nothing.</summary>
    public FileStamp Of(ByteString path)
    {
        if (Find(path) is { } known)
        {
            return known;
        }

        FileStamps.Of([.. path.Span, 0], FinalLink.Follow, out FileStamp stamp);
        _looks.Add(new(path, stamp));
        return stamp;
    }

    /// <returns>Null where nobody has looked.</returns>
    public FileStamp? Find(ByteString path)
    {
        foreach (KeyValuePair<ByteString, FileStamp> look in _looks)
        {
            if (look.Key == path)
            {
                return look.Value;
            }
        }

        return null;
    }
}
