using System.Text.RegularExpressions;
using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Tracing.Fast;

/// <summary>The machine code says what its comments say: a disassembler reads it.</summary>
public sealed class FastCodeTests
{
    private const ulong Code = 0x7000_0000_0000;
    private const ulong Gate = 0x4200_5000_0020;
    private const ulong Site = 0x7000_4000_0000;

    [SkippableFact]
    public void SlotOfAStream_ComparesTheGenerationOfTheDescriptor() => Assert.Equal(
    [
        "mov $0x1,%eax", "jmp 0x700040000000", "mov $0x1,%eax", "jmp *0x700000000210", "cmp $0x2,%edi",
        "ja 0x700000000200", "mov %edi,%ecx", "shl $0x4,%ecx", "lea 0x700000001048,%r11", "mov (%r11,%rcx,1),%rcx",
        "test %rcx,%rcx", "je 0x700000000200", "cmp 0x700000001000,%rcx", "je 0x700000000218", "jmp 0x700000000200",
    ],
    Disassembled(new CallSite(1, SiteKind.Stream, Site, Site - 5, 0)));

    [SkippableFact]
    public void SlotOfAPathWithFlags_FindsThePathInTheTable() => Assert.Equal(
    [
        "mov $0x106,%eax", "jmp 0x700040000000", "mov $0x106,%eax", "jmp *0x700000000210", "xor %r8d,%r8d",
        "mov 0x700000001000,%r9",
        "test %r9,%r9", "jle 0x700000000200", "movzbl (%rsi),%eax", "test %al,%al", "je 0x700000000218",
        "cmp $0x2f,%al", "jne 0x700000000200", "test $0xfffffeff,%r10d", "jne 0x700000000200",
        "mov $0x811c9dc5,%eax", "xor %r10d,%eax", "mov %rsi,%rcx", "lea 0x68(%rsi),%r9",
        "movzbl (%rcx),%r11d", "test %r11d,%r11d", "je 0x700000000288", "xor %r11d,%eax", "imul $0x1000193,%eax,%eax",
        "inc %rcx", "cmp %r9,%rcx", "jb 0x700000000269", "jmp 0x700000000200", "and $0x1ff,%eax", "shl $0x7,%eax",
        "lea 0x700000002000,%r8", "add %rax,%r8", "mov 0x700000001000,%r9", "cmp %r9,(%r8)", "jne 0x700000000200",
        "cmp %r10d,0x8(%r8)", "jne 0x700000000200", "mov 0xc(%r8),%r11d", "mov %rsi,%rcx", "add $0x10,%r8",
        "movzbl (%rcx),%eax", "cmp (%r8),%al", "jne 0x700000000200", "inc %rcx", "inc %r8", "test %al,%al",
        "jne 0x7000000002bf", "cmp 0x700000001000,%r9", "jne 0x700000000200", "mov %r11d,%r8d", "jmp 0x700000000218",
        "test %r8d,%r8d", "je 0x7000000002fb", "cmp $0xfffffffe,%eax", "jne 0x700000000200", "jmp 0x700040000002",
    ],
    Disassembled(new CallSite(262, SiteKind.SecondPathAndFlags, Site, Site - 5, 0)));

    [SkippableTheory]
    [InlineData(21, "movzbl (%rdi),%eax", "cmpl $0x0,0x8(%r8)")]
    [InlineData(89, "movzbl (%rdi),%eax", "cmpl $0x100,0x8(%r8)")]
    [InlineData(267, "movzbl (%rsi),%eax", "cmpl $0x100,0x8(%r8)")]
    public void SlotOfAPath_TakesItFromItsArgument_AndComparesItsKind(int number, params string[] expected)
    {
        string[] code = Disassembled(new CallSite(number, CallSite.KindOf(number)!.Value, Site, Site - 5, 0));
        Assert.Superset(expected.ToHashSet(), code.ToHashSet());
    }

    [Fact]
    public void FaultInASlot_GoesOnAtItsBeginning()
    {
        Assert.Equal(Code + (2 * FastCode.SlotSize), FastCode.AfterFault(Code, FastCode.EntryOf(Code, 2) + 30));
        Assert.Null(FastCode.AfterFault(Code, Code - 1));
        Assert.Null(FastCode.AfterFault(Code, Code + FastCode.Generation));
    }

    [Fact]
    public void Gate_IsTouched_ByRangesWithOneOfItsBytes()
    {
        var gate = new FastGate(0x4200_5000_0000, 1);
        Assert.True(gate.IsTouchedBy(gate.Address - 1, 2));
        Assert.True(gate.IsTouchedBy(gate.Address + FastGate.Size - 1, 1));
        Assert.True(gate.IsTouchedBy(4096, ulong.MaxValue));
        Assert.False(gate.IsTouchedBy(gate.Address - 1, 1));
        Assert.False(gate.IsTouchedBy(gate.Address + FastGate.Size, 1));
    }

    [Fact]
    public void PageOfTheGate_TellsHowManySlotsAreUsed()
    {
        byte[] page = new FastGate(0x4200_5000_0000, 1).Bytes(Code);
        Assert.Equal(0, FastGate.UsedSlots(page));
        page[FastGate.Returns + 7] = page[FastGate.Returns + 8] = 1;
        Assert.Equal(2, FastGate.UsedSlots(page));
        page.AsSpan(FastGate.Returns).Fill(1);
        Assert.Equal(FastGate.Slots, FastGate.UsedSlots(page));
    }

    // The instructions of slot 2, without the padding and the address between its parts.
    private static string[] Disassembled(CallSite site)
    {
        Requires.Program("objdump");
        using var directory = new WorkDirectory();
        string file = Path.Combine(directory.Work, "slot");
        File.WriteAllBytes(file, FastCode.Bytes(Code, 2, Gate, site));
        return
        [
            .. Lines(file, 0, 10), .. Lines(file, 24, 35), .. Lines(file, 36, FastCode.SlotSize - 19),
            .. Lines(file, FastCode.SlotSize - 19, FastCode.SlotSize),
        ];
    }

    private static IEnumerable<string> Lines(string file, int from, int to)
    {
        ulong start = FastCode.SlotAt(Code, 2);
        CommandResult objdump = CommandRunner.Run("/",
            ["objdump", "-D", "-b", "binary", "-m", "i386:x86-64", "--no-show-raw-insn",
                $"--adjust-vma={start}", $"--start-address={start + (ulong)from}",
                $"--stop-address={start + (ulong)to}", file]);
        return objdump.Output.Split('\n')
            .Select(line => Regex.Match(line, @"^\s*[0-9a-f]+:\s+(.*\S)\s*$"))
            .Where(match => match.Success)
            .Select(match => Plain(match.Groups[1].Value))
            .TakeWhile(text => text != "add %al,(%rax)");
    }

    // Relative to the instruction pointer: the address that the disassembler has computed.
    private static string Plain(string text) => Regex.Replace(
        Regex.Replace(text, @"-?0x[0-9a-f]+\(%rip\)([^#]*?)\s*# (0x[0-9a-f]+)", "$2$1"), @"\s+", " ",
        RegexOptions.None, TimeSpan.FromSeconds(1));
}
