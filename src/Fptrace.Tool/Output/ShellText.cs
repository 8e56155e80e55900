using System.Buffers;
using Fptrace.Model;

namespace Fptrace.Output;

/// <summary>Shell source in bytes: a name need not be valid in any encoding.</summary>
internal static class ShellText
{
    private static readonly SearchValues<byte> Safe =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-"u8);

    private static readonly SearchValues<byte> Identifier =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"u8);

    /// <summary>Appends one word that the shell reads as <paramref name="word"/>: bare if it is safe, in single quotes
    /// otherwise.</summary>
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

    /// <summary>Whether a program that is run by its path gets an argv[0] that is as good as the one it had.</summary>
    public static bool IsRunByPath(Execution execution) =>
        execution.Arguments.Count > 0
        && (execution.Arguments[0] == execution.Path
            || BaseName.Of(execution.Path).SequenceEqual(execution.Arguments[0].Span));
}
