using System.Text;

namespace Fptrace.Commands.Run.Streams;

/// <summary>Text for a terminal, printed elsewhere.</summary>
public sealed class EscapeCodesTests
{
    [Theory]
    [InlineData("plain\n", "plain\n")]
    [InlineData("\u001b[31mred\u001b[0m\n", "red\n")]
    [InlineData("\u001b[01m\u001b[Ke.c:\u001b[m\u001b[K In", "e.c: In")]
    [InlineData("a\u001b[?25lb\u001b[2;5Hc", "abc")]
    [InlineData("\u001b]0;title\u0007text\u001b]8;;file\u001b\\link", "textlink")]
    [InlineData("\u001b(Btext\u001b7\u001b8\u001b=", "text")]
    [InlineData("cut\u001b", "cut")]
    [InlineData("cut\u001b[31", "cut")]
    [InlineData("cut\u001b]0;title", "cut")]
    [InlineData("broken\u001b[3\nline", "broken\nline")]
    [InlineData("done\r100 %\n", "done\r100 %\n")]
    public void Text_LosesWhatOnlyATerminalUnderstands(string text, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(EscapeCodes.Strip(Encoding.UTF8.GetBytes(text)).Span));
}
