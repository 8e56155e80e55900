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
    private const ulong Table = 0x7000_0123_4000;
    private const int Result = FastCode.SlotSize - 64;

    [SkippableFact]
    public void SlotOfAStream_ComparesTheGenerationOfTheDescriptor() => Assert.Equal(
    [
        "mov $0x1,%eax", "jmp 0x700040000000", "mov $0x1,%eax", "jmp *0x700000000410", "cmp $0x2,%edi",
        "ja 0x700000000400", "mov %edi,%ecx", "shl $0x4,%ecx", "lea 0x700000002048,%r11", "mov (%r11,%rcx,1),%rcx",
        "test %rcx,%rcx", "je 0x700000000400", "cmp 0x700000002000,%rcx", "je 0x700000000418", "jmp 0x700000000400",
    ],
    Disassembled(new CallSite(1, SiteKind.Stream, Site, Site - 5)));

    [SkippableFact]
    public void SlotOfAPathWithFlags_FindsThePathInTheTable() => Assert.Equal(
    [
        "mov $0x106,%eax", "jmp 0x700040000000", "mov $0x106,%eax", "jmp *0x700000000410", "xor %r8d,%r8d",
        "mov 0x700000002000,%r9", "test %r9,%r9", "jle 0x700000000400", "movzbl (%rsi),%eax", "test %al,%al",
        "je 0x700000000418", "cmp $0x2f,%al", "jne 0x700000000400", "test $0xfffffeff,%r10d", "jne 0x700000000400",
        "mov $0x811c9dc5,%eax", "xor %r10d,%eax", "mov %rsi,%rcx", "lea 0x68(%rsi),%r9", "movzbl (%rcx),%r11d",
        "test %r11d,%r11d", "je 0x700000000488", "xor %r11d,%eax", "imul $0x1000193,%eax,%eax", "inc %rcx",
        "cmp %r9,%rcx", "jb 0x700000000469", "jmp 0x700000000400", "imul $0x1f8,%rax,%rax", "shr $0x20,%rax",
        "shl $0x7,%eax", "movabs $0x700001234000,%r8", "add %rax,%r8", "mov 0x700000002000,%r9", "mov $0x8,%r11d",
        "cmp %r9,(%r8)", "jne 0x700000000400", "cmp %r10d,0x8(%r8)", "jne 0x7000000004f2", "xor %ecx,%ecx",
        "movzbl (%rsi,%rcx,1),%eax", "cmp 0x10(%r8,%rcx,1),%al", "jne 0x7000000004f2", "inc %rcx", "test %al,%al",
        "jne 0x7000000004c1", "cmp %r9,(%r8)", "jne 0x700000000400", "mov 0xc(%r8),%r8d", "cmp 0x700000002000,%r9",
        "jne 0x700000000400", "jmp 0x700000000418", "sub $0xffffffffffffff80,%r8", "dec %r11d", "jne 0x7000000004b0",
        "jmp 0x700000000400", "cmp $0xfffffffe,%eax", "sete %cl", "cmp %r8b,%cl", "jne 0x700000000400",
        "jmp 0x700040000002",
    ],
    Disassembled(new CallSite(262, SiteKind.SecondPathAndFlags, Site, Site - 5)));

    /// <summary>It moves the path as the wrapper does, and closes what it has opened of an absent path.</summary>
    [SkippableFact]
    public void SlotOfAnOpen_LooksAtTheFlags_AndAtTheDescriptor() => Assert.Equal(
    [
        "mov $0x101,%eax", "jmp 0x700040000000", "mov $0x101,%eax", "jmp *0x700000000410", "mov %rdi,%rsi",
        "mov $0xffffff9c,%edi", "xor %r8d,%r8d", "mov 0x700000002000,%r9", "test %r9,%r9", "jle 0x700000000400",
        "movzbl (%rsi),%eax", "test %al,%al", "je 0x700000000400", "cmp $0x2f,%al", "jne 0x700000000400",
        "test $0xfff6f6ff,%edx", "jne 0x700000000400", "mov $0x811c9dc4,%eax", "mov %rsi,%rcx", "lea 0x68(%rsi),%r9",
        "movzbl (%rcx),%r11d", "test %r11d,%r11d", "je 0x70000000048c", "xor %r11d,%eax", "imul $0x1000193,%eax,%eax",
        "inc %rcx", "cmp %r9,%rcx", "jb 0x70000000046d", "jmp 0x700000000400", "imul $0x1f8,%rax,%rax",
        "shr $0x20,%rax", "shl $0x7,%eax", "movabs $0x700001234000,%r8", "add %rax,%r8", "mov 0x700000002000,%r9",
        "mov $0x8,%r11d", "cmp %r9,(%r8)", "jne 0x700000000400", "cmpl $0x1,0x8(%r8)", "jne 0x700000000504",
        "xor %ecx,%ecx", "movzbl (%rsi,%rcx,1),%eax", "cmp 0x10(%r8,%rcx,1),%al", "jne 0x700000000504", "inc %rcx",
        "test %al,%al", "jne 0x7000000004c9", "cmp %r9,(%r8)", "jne 0x700000000400", "mov 0xc(%r8),%r8d",
        "cmp 0x700000002000,%r9", "jne 0x700000000400", "mov %r8d,%r11d", "shl $0x15,%r11d", "or %r11d,%edx",
        "jmp 0x700000000418", "sub $0xffffffffffffff80,%r8", "dec %r11d", "jne 0x7000000004b4", "jmp 0x700000000400",
        "test %r8d,%r8d", "jne 0x7000000005d2", "test %eax,%eax", "js 0x700000000400", "jmp 0x700040000002",
        "and $0xffdfffff,%edx", "cmp $0xfffffffe,%eax", "je 0x700040000002", "test %eax,%eax", "js 0x700000000400",
        "mov %rdi,%r9", "mov %eax,%edi", "mov $0x3,%eax", "syscall", "mov %r9,%rdi", "jmp 0x700000000400",
    ],
    Disassembled(new CallSite(257, SiteKind.SecondPathOpened, Site, Site - 13, MovesPath: true)));

    [SkippableTheory]
    [InlineData(21, "movzbl (%rdi),%eax", "cmpl $0x0,0x8(%r8)")]
    [InlineData(4, "movzbl (%rdi),%eax", "cmpl $0x0,0x8(%r8)")]
    [InlineData(6, "movzbl (%rdi),%eax", "cmpl $0x100,0x8(%r8)")]
    [InlineData(89, "movzbl (%rdi),%eax", "cmpl $0x2,0x8(%r8)")]
    [InlineData(267, "movzbl (%rsi),%eax", "cmpl $0x2,0x8(%r8)")]
    public void SlotOfAPath_TakesItFromItsArgument_AndComparesItsKind(int number, params string[] expected)
    {
        string[] code = Disassembled(new CallSite(number, CallSite.KindOf(number)!.Value, Site, Site - 5));
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
        File.WriteAllBytes(file, FastCode.Bytes(Code, 2, Gate, Table, KnownTable.Own, site));
        return
        [
            .. Lines(file, 0, 10), .. Lines(file, 24, 35), .. Lines(file, 36, Result),
            .. Lines(file, Result, FastCode.SlotSize),
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
