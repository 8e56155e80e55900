using System.Globalization;
using Fptrace.Model;

namespace Fptrace.Steps;

/// <summary>Which file a command has as its standard input, and where in it the first read begins.</summary>
/// <remarks>What stands in a file with a name is an observation; of one without a name the digest is a part of the
/// step.</remarks>
public sealed record StandardInput
{
    /// <summary>In stored form; empty for what has no name.</summary>
    public ByteString Path { get; init; }

    /// <summary>The content of a file without a name, as of a long here-document; empty otherwise.</summary>
    public ContentDigest Digest { get; init; }

    /// <summary>Bytes from the beginning of the file.</summary>
    public long Offset { get; init; }

    /// <summary>It is handed on whatever it is, and nobody knows what comes there. Everything else is empty
    /// then.</summary>
    public bool IsUnknown { get; init; }

    /// <summary>Says it in words.</summary>
    internal static string Describe(StandardInput? input) => input switch
    {
        null => "none",
        { IsUnknown: true } => "handed on",
        { Offset: > 0 } => string.Create(CultureInfo.InvariantCulture, $"{Named(input)} from byte {input.Offset}"),
        _ => Named(input),
    };

    private static string Named(StandardInput input) =>
        input.Path.IsEmpty ? "a file without a name" : Words.Of(input.Path);
}
