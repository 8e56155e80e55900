using Fptrace.Model;

namespace Fptrace.Output;

/// <summary>The last part of a path.</summary>
internal static class BaseName
{
    public static ReadOnlySpan<byte> Of(ByteString path) => path.Span[(path.Span.LastIndexOf((byte)'/') + 1)..];
}
