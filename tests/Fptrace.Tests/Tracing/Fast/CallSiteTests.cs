using System.Text.RegularExpressions;

namespace Fptrace.Tracing.Fast;

/// <summary>Only calls whose surroundings are known to the byte are patched.</summary>
public sealed partial class CallSiteTests
{
    private const ulong End = 0x7f00_0000_100f;

    // Bytes in brackets may be any.
    // mov eax, 15h; syscall; cmp rax, -4096; ja +1; ret; mov rdx, [errno]; neg eax; mov fs:[rdx], eax; mov eax, -1; ret
    private const string Access = "b815000000 0f05 483d00f0ffff 7701 c3 488b15[b9a90d00] f7d8 648902 b8ffffffff c3";

    // cmp rax, -4095; jae; mov rcx; or rax, -1
    private const string Readlink = "b859000000 0f05 483d01f0ffff 7301 c3 488b0d[19930d00] f7d8 648901 4883c8ff c3";

    // cmp eax, -4096; ja; xor eax, eax; ret; nop
    private const string Fstatat =
        "b806010000 0f05 3d00f0ffff 7707 31c0 c3 [0f1f4000] 488b15[61b50d00] f7d8 648902 b8ffffffff c3";

    // cmp; xor eax, eax; syscall; cmp rax, -4096; ja; ret; nop
    private const string Read = "31c0 0f05 483d00f0ffff 77[5b] c3 662e0f1f840000000000";

    private const string Write = "b801000000 0f05 483d00f0ffff 77[58] c3";

    // With the stack protector: mov rdx, [rsp + 28h]; sub rdx, fs:0x28; jne; add rsp, 68h; pop rbx; pop rbp; ret; after
    // an error back to the first of these.
    private const string Open =
        "b801010000 0f05 483d00f0ffff 0f8722000000 488b5424[28] 64482b142528000000 0f85[b2000000]"
        + " 4883c4[68] 5b 5d c3 [0f1f8400000000] 488b15[29ad0d00] f7d8 648902 b8ffffffff e9c8ffffff";

    // mov eax, 101h; mov rsi, rdi; mov edi, AT_FDCWD; syscall; of the dynamic linker, which has an errno of its own
    private const string OpenNotCancelled = "b801010000 4889fe bf9cffffff 0f05 483d00f0ffff 7706 c3 [0f1f440000]"
        + " f7d8 8905[903f0100] b8ffffffff c3";

    public static TheoryData<int, string> Wrappers => new()
    {
        { 21, Access }, { 89, Readlink }, { 262, Fstatat }, { 0, Read }, { 1, Write }, { 257, Open },
        { 257, OpenNotCancelled },
    };

    [Theory]
    [MemberData(nameof(Wrappers))]
    public void WrapperOfGlibc_IsASite(int number, string wrapper)
    {
        CallSite site = Assert.NotNull(CallSite.Find(number, End, Bytes(wrapper)));
        Assert.Equal((number, End - 2), (site.Number, site.Instruction));
        Assert.Equal(wrapper == OpenNotCancelled, site.MovesPath);
        Assert.Equal(
            wrapper == Read ? (End - 4, End + 9) : wrapper == OpenNotCancelled ? (End - 15, 0UL) : (End - 7, 0UL),
            (site.Start, site.Padding));
    }

    [Theory]
    [MemberData(nameof(Wrappers))]
    public void AnyOtherByte_MakesItNone(int number, string wrapper)
    {
        byte[] bytes = Bytes(wrapper);
        (byte[] given, bool[] isFree) = Parse(wrapper);
        for (int i = 0; i < given.Length; i++)
        {
            // The padding of a read is known by its first bytes.
            if (isFree[i] || (wrapper == Read && i > given.Length - 6))
            {
                continue;
            }

            byte[] changed = [.. bytes];
            changed[Start(given) + i] ^= 0x10;
            Assert.True(CallSite.Find(number, End, changed) is null, $"byte {i}");
        }
    }

    [Theory]
    [MemberData(nameof(Wrappers))]
    public void AnotherNumber_MakesItNone(int number, string wrapper) =>
        Assert.Null(CallSite.Find(number == 21 ? 89 : 21, End, Bytes(wrapper)));

    [Fact]
    public void ReadWithoutPadding_IsNone() =>
        Assert.Null(CallSite.Find(0, End, Bytes("31c0 0f05 483d00f0ffff 7704 c3 0f1f00")));

    /// <summary>In a process of several threads, openat keeps something in r8 meanwhile: mov edi, r8d.</summary>
    [Fact]
    public void WrapperThatNeedsARegister_IsNone() =>
        Assert.Null(CallSite.Find(257, End, Bytes("b801010000 0f05 483d00f0ffff 7738 4489c7 8944240c e8fcd7f8ff")));

    private static byte[] Bytes(string wrapper)
    {
        byte[] bytes = new byte[CallSite.Before + CallSite.After];
        byte[] given = Parse(wrapper).Bytes;
        given.CopyTo(bytes, Start(given));
        return bytes;
    }

    private static int Start(byte[] given) => CallSite.Before - 2 - given.AsSpan().IndexOf<byte>([0x0f, 0x05]);

    private static (byte[] Bytes, bool[] IsFree) Parse(string wrapper)
    {
        byte[] bytes = Convert.FromHexString(Others().Replace(wrapper, ""));
        var isFree = new List<bool>();
        bool isInside = false;
        foreach (char one in wrapper)
        {
            isInside = one == '[' || (isInside && one != ']');
            if (char.IsAsciiHexDigit(one))
            {
                isFree.Add(isInside);
            }
        }

        return (bytes, [.. isFree.Where((_, i) => i % 2 == 0)]);
    }

    [GeneratedRegex("[^0-9a-f]")]
    private static partial Regex Others();
}
