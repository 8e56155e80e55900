using Fptrace.Model;

namespace Fptrace.Manifests;

public sealed class DigitsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(21)]
    public void AnyByteAnywhere_IsAHexadecimalDigitOrNot(int length)
    {
        byte[] text = [.. Enumerable.Range(0, length).Select(i => (byte)"0123456789abcdef"[(i * 7) % 16])];
        Assert.True(Digits.AreHexadecimal(text));
        for (int at = 0; at < length; at++)
        {
            byte before = text[at];
            for (int value = 0; value < 256; value++)
            {
                text[at] = (byte)value;
                Assert.Equal(char.IsAsciiHexDigitLower((char)value), Digits.AreHexadecimal(text));
            }

            text[at] = before;
        }
    }
}
