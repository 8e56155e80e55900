using System.Globalization;
using System.Text;
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

    [Fact]
    public void EightDigits_AreTheirNumber()
    {
        var random = new Random(8);
        for (int i = 0; i < 10_000; i++)
        {
            int number = random.Next(100_000_000);
            Assert.True(Digits.TryReadEight(Encoding.ASCII.GetBytes(number.ToString("d8", CultureInfo.InvariantCulture) + "x"), out uint read));
            Assert.Equal((uint)number, read);
        }
    }

    [Fact]
    public void AnyByteAmongEight_IsADigitOrNot()
    {
        byte[] text = [.. "70918263"u8];
        for (int at = 0; at < text.Length; at++)
        {
            byte before = text[at];
            for (int value = 0; value < 256; value++)
            {
                text[at] = (byte)value;
                Assert.Equal(char.IsAsciiDigit((char)value), Digits.TryReadEight(text, out _));
            }

            text[at] = before;
        }

        Assert.False(Digits.TryReadEight("1234567"u8, out _));
    }
}
