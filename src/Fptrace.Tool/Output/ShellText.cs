using System.Buffers;
using Fptrace.Model;

namespace Fptrace.Output;

/// <summary>Writes shell source as bytes, because a name need not be valid in any encoding.</summary>
internal static class ShellText
{
    private static readonly SearchValues<byte> Safe =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-"u8);

    private static readonly SearchValues<byte> Identifier =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"u8);

    /// <summary>Appends a word that the shell reads as <paramref name="word"/>, in single quotes if needed.</summary>
    public static void WriteWord(this IBufferWriter<byte> script, ReadOnlySpan<byte> word)
    {
        if (!word.IsEmpty && !word.ContainsAnyExcept(Safe))
        {
            script.Write(word);
            return;
        }

        script.Write("'"u8);
        for (int quote = word.IndexOf((byte)'\''); quote >= 0; quote = word.IndexOf((byte)'\''))
        {
            script.Write(word[..quote]);
            script.Write(@"'\''"u8);
            word = word[(quote + 1)..];
        }

        script.Write(word);
        script.Write("'"u8);
    }

    /// <summary>Whether a shell variable can have this name.</summary>
    public static bool IsIdentifier(ReadOnlySpan<byte> name) =>
        !name.IsEmpty && !char.IsAsciiDigit((char)name[0]) && !name.ContainsAnyExcept(Identifier);

    /// <summary>Whether the path, or its base name, was argv[0], so that the program may be run by its path.</summary>
    public static bool IsRunByPath(Execution execution) =>
        execution.Arguments.Count > 0
        && (execution.Arguments[0] == execution.Path
            || BaseName.Of(execution.Path).SequenceEqual(execution.Arguments[0].Span));
}
