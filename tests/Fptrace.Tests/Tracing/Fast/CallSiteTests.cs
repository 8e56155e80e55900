namespace Fptrace.Tracing.Fast;

/// <summary>Only calls whose surroundings are known to the byte are patched.</summary>
public sealed class CallSiteTests
{
    private const ulong End = 0x7f00_0000_1007;

    // mov eax, 15h; syscall; cmp rax, -4096; ja +1; ret; mov rdx, [errno]; neg eax; mov fs:[rdx], eax; mov eax, -1; ret
    private const string Access = "b815000000 0f05 483d00f0ffff 7701 c3 488b15b9a90d00 f7d8 648902 b8ffffffff c3";

    // cmp rax, -4095; jae; mov rcx; or rax, -1
    private const string Readlink = "b859000000 0f05 483d01f0ffff 7301 c3 488b0d19930d00 f7d8 648901 4883c8ff c3";

    // cmp eax, -4096; ja; xor eax, eax; ret; nop
    private const string Fstatat =
        "b806010000 0f05 3d00f0ffff 7707 31c0 c3 0f1f4000 488b1561b50d00 f7d8 648902 b8ffffffff c3";

    // cmp; xor eax, eax; syscall; cmp rax, -4096; ja; ret; nop
    private const string Read = "000000 31c0 0f05 483d00f0ffff 775b c3 662e0f1f840000000000";

    private const string Write = "b801000000 0f05 483d00f0ffff 7758 c3 0f1f8000000000";

    public static TheoryData<int, string> Wrappers => new()
    {
        { 21, Access }, { 89, Readlink }, { 262, Fstatat }, { 0, Read }, { 1, Write },
    };

    [Theory]
    [MemberData(nameof(Wrappers))]
    public void WrapperOfGlibc_IsASite(int number, string wrapper)
    {
        CallSite site = Assert.NotNull(CallSite.Find(number, End, Bytes(wrapper)));
        Assert.Equal((number, End - 2), (site.Number, site.Instruction));
        Assert.Equal(number == 0 ? (End - 4, End + 9) : (End - 7, 0UL), (site.Start, site.Padding));
    }

    [Theory]
    [MemberData(nameof(Wrappers))]
    public void AnyOtherByte_MakesItNone(int number, string wrapper)
    {
        byte[] bytes = Bytes(wrapper);
        int last = number is 0 or 1 ? Array.LastIndexOf(bytes, (byte)0xc3) : Array.FindLastIndex(bytes, b => b != 0);
        for (int at = number == 0 ? 3 : 0; at <= last; at++)
        {
            // The offset of errno, what stands behind the return, and how far an error leads a stream.
            if ((at > 16 && number is 21 or 89 && at is > 18 and < 23) || (number == 262 && at is > 16 and < 28)
                || (number is 0 or 1 && at == 14))
            {
                continue;
            }

            byte[] changed = [.. bytes];
            changed[at] ^= 0x10;
            Assert.True(CallSite.Find(number, End, changed) is null, $"byte {at}");
        }
    }

    [Theory]
    [MemberData(nameof(Wrappers))]
    public void AnotherNumber_MakesItNone(int number, string wrapper) =>
        Assert.Null(CallSite.Find(number == 21 ? 89 : 21, End, Bytes(wrapper)));

    [Fact]
    public void ReadWithoutPadding_IsNone() =>
        Assert.Null(CallSite.Find(0, End, Bytes("000000 31c0 0f05 483d00f0ffff 7704 c3 0f1f00")));

    private static byte[] Bytes(string text)
    {
        byte[] bytes = new byte[CallSite.Before + CallSite.After];
        Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal)).CopyTo(bytes, 0);
        return bytes;
    }
}
