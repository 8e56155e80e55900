using System.Buffers;
using System.Text;
using Fptrace.Output;

namespace Fptrace.Commands.CommandLine;

/// <summary>Writes words in one line, quoted so that a shell reads the same words. For messages.</summary>
internal static class ShellWords
{
    public static string Join(IReadOnlyList<string> words) => Join(words.Select(Encoding.UTF8.GetBytes));

    public static string Join(IEnumerable<Model.ByteString> words) => Join(words.Select(word => word.Span.ToArray()));

    private static string Join(IEnumerable<byte[]> words)
    {
        var text = new ArrayBufferWriter<byte>();
        foreach (byte[] word in words)
        {
            if (text.WrittenCount > 0)
            {
                text.Write(" "u8);
            }

            text.WriteWord(word);
        }

        return new Model.ByteString(text.WrittenSpan).ToString().ReplaceLineEndings(" ");
    }
}
