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

    /// <summary>Appends one word that the shell reads as <paramref name="word"/>: bare if it is safe, in single quotes otherwise.</summary>
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

    /// <summary>Whether <c>${exec:-exec} NAME</c> would run the execution with the argv[0] it had.</summary>
    /// <remarks>
    /// It names the path itself, or PATH presumably led from it there. A leading dash would be an option of exec.
    /// </remarks>
    public static bool IsRunByName(Execution execution)
    {
        if (execution.Arguments.Count == 0)
        {
            return false;
        }

        ByteString name = execution.Arguments[0];
        return name == execution.Path
            || (!name.IsEmpty && name.Span[0] != '-' && BaseName.Of(execution.Path).SequenceEqual(name.Span));
    }
}
