using Fptrace.Model;

namespace Fptrace.Manifests.Checking;

/// <summary>A symbolic link stands where a directory stood on the way to a recorded path.</summary>
internal sealed class LinkOnWayException(ByteString link)
    : IOException($"directory replaced by a link: {Words.Of(link)}")
{
    /// <summary>In stored form.</summary>
    public ByteString Link { get; } = link;
}
