using System.Globalization;
using Fptrace.Model;

namespace Fptrace.Steps;

/// <summary>Which file is a command's standard input, and at which offset the command begins to read it.</summary>
/// <remarks>
/// The content of a file with a name is an observation. A file without a name cannot be looked up again, so the digest
/// of its content is part of the step.
/// </remarks>
public sealed record StandardInput
{
    /// <summary>The path in its stored form; empty if the file has no name.</summary>
    public ByteString Path { get; init; }

    /// <summary>The digest of a file without a name, such as a long here-document; otherwise empty.</summary>
    public ContentDigest Digest { get; init; }

    /// <summary>The offset at which the command begins to read, in bytes.</summary>
    public long Offset { get; init; }

    /// <summary>
    /// Whether the input is handed on without anybody knowing what it will bring. Then the rest is empty.
    /// </summary>
    public bool IsUnknown { get; init; }

    /// <summary>The input in words.</summary>
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
