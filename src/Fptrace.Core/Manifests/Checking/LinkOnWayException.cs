using Fptrace.Model;

namespace Fptrace.Manifests.Checking;

/// <summary>A symbolic link has replaced a directory on the way to a recorded path.</summary>
internal sealed class LinkOnWayException(ByteString link)
    : IOException($"directory replaced by a link: {Words.Of(link)}")
{
    /// <summary>The path of the link, in its stored form.</summary>
    public ByteString Link { get; } = link;
}
