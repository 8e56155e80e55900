using System.Text.RegularExpressions;
using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Tracing.Fast;

/// <summary>The machine code says what its comments say: a disassembler reads it.</summary>
public sealed class FastCodeTests
{
    private const ulong Secret = 0x1122_3344_5566_7788;

    [SkippableFact]
    public void SlotOfAStream_ComparesTheGenerationOfTheDescriptor() => Assert.Equal(
    [
        "mov $0x1,%eax", "ret", "mov (%rsp),%r11", "cmpw $0x50f,0x0(%r11)", "jne 0x200", "cmp $0x2,%edi", "ja 0x200",
        "mov %edi,%ecx", "shl $0x4,%ecx", "lea 0x2048,%r11", "mov (%r11,%rcx,1),%rcx", "test %rcx,%rcx", "je 0x200",
        "cmp 0x2000,%rcx", "je 0x38f", "jmp 0x200", "mov $0x1,%eax", "movabs $0x1122334455667788,%r9", "syscall",
        "xor %r9d,%r9d", "addq $0x2,(%rsp)", "ret",
    ],
    Disassembled(1));

    /// <summary>Its call stands behind the wrapper, and returns into it.</summary>
    [SkippableFact]
    public void SlotOfARead_ReturnsToBeforeItsCall() => Assert.Equal(
    [
        "mov $0x0,%eax", "addq $0xfffffffffffffff0,(%rsp)", "ret", "mov (%rsp),%r11", "cmpw $0x50f,-0x10(%r11)",
        "jne 0x0", "cmp $0x2,%edi", "ja 0x0", "mov %edi,%ecx", "shl $0x4,%ecx", "lea 0x2040,%r11",
        "mov (%r11,%rcx,1),%rcx", "test %rcx,%rcx", "je 0x0", "cmp 0x2000,%rcx", "je 0x18f", "jmp 0x0", "mov $0x0,%eax",
        "movabs $0x1122334455667788,%r9", "syscall", "xor %r9d,%r9d", "addq $0xfffffffffffffff2,(%rsp)", "ret",
    ],
    Disassembled(0));

    [SkippableFact]
    public void SlotOfAPathWithFlags_FindsThePathInTheTable() => Assert.Equal(
    [
        "mov $0x106,%eax", "ret", "mov (%rsp),%r11", "cmpw $0x50f,0x0(%r11)", "jne 0x1000", "xor %r8d,%r8d",
        "mov 0x2000,%r9", "test %r9,%r9", "jle 0x1000", "movzbl (%rsi),%eax", "test %al,%al", "je 0x118f",
        "cmp $0x2f,%al", "jne 0x1000", "test $0xfffffeff,%r10d", "jne 0x1000", "mov $0x811c9dc5,%eax", "xor %r10d,%eax",
        "mov %rsi,%rcx", "lea 0x68(%rsi),%r9", "movzbl (%rcx),%r11d", "test %r11d,%r11d", "je 0x1085", "xor %r11d,%eax",
        "imul $0x1000193,%eax,%eax", "inc %rcx", "cmp %r9,%rcx", "jb 0x1066", "jmp 0x1000", "imul $0x1f8,%rax,%rax",
        "shr $0x20,%rax", "shl $0x7,%eax", "lea 0x3000,%r8", "add %rax,%r8", "mov 0x2000,%r9", "mov $0x8,%r11d",
        "cmp %r9,(%r8)", "jne 0x1000", "cmp %r10d,0x8(%r8)", "jne 0x10ec", "xor %ecx,%ecx", "movzbl (%rsi,%rcx,1),%eax",
        "cmp 0x10(%r8,%rcx,1),%al", "jne 0x10ec", "inc %rcx", "test %al,%al", "jne 0x10bb", "cmp %r9,(%r8)",
        "jne 0x1000", "mov 0xc(%r8),%r8d", "cmp 0x2000,%r9", "jne 0x1000", "jmp 0x118f", "sub $0xffffffffffffff80,%r8",
        "dec %r11d", "jne 0x10aa", "jmp 0x1000", "mov $0x106,%eax", "movabs $0x1122334455667788,%r9", "syscall",
        "xor %r9d,%r9d", "cmp $0xfffffffe,%eax", "sete %cl", "cmp %r8b,%cl", "jne 0x1000", "addq $0x2,(%rsp)", "ret",
    ],
    Disassembled(262));

    /// <summary>It moves the path as the wrapper does, and closes what it has opened of an absent path.</summary>
    [SkippableFact]
    public void SlotOfAnOpen_LooksAtTheFlags_AndAtTheDescriptor() => Assert.Equal(
    [
        "mov $0x101,%eax", "addq $0x8,(%rsp)", "ret", "mov (%rsp),%r11", "cmpw $0x50f,0x8(%r11)", "jne 0x1400",
        "mov %rdi,%rsi", "mov $0xffffff9c,%edi", "xor %r8d,%r8d", "mov 0x2000,%r9", "test %r9,%r9", "jle 0x1400",
        "movzbl (%rsi),%eax", "test %al,%al", "je 0x1400", "cmp $0x2f,%al", "jne 0x1400", "test $0xfff6f6ff,%edx",
        "jne 0x1400", "mov $0x811c9dc4,%eax", "mov %rsi,%rcx", "lea 0x68(%rsi),%r9", "movzbl (%rcx),%r11d",
        "test %r11d,%r11d", "je 0x1489", "xor %r11d,%eax", "imul $0x1000193,%eax,%eax", "inc %rcx", "cmp %r9,%rcx",
        "jb 0x146a", "jmp 0x1400", "imul $0x1f8,%rax,%rax", "shr $0x20,%rax", "shl $0x7,%eax", "lea 0x3000,%r8",
        "add %rax,%r8", "mov 0x2000,%r9", "mov $0x8,%r11d", "cmp %r9,(%r8)", "jne 0x1400", "cmpl $0x1,0x8(%r8)",
        "jne 0x14fe", "xor %ecx,%ecx", "movzbl (%rsi,%rcx,1),%eax", "cmp 0x10(%r8,%rcx,1),%al", "jne 0x14fe",
        "inc %rcx", "test %al,%al", "jne 0x14c3", "cmp %r9,(%r8)", "jne 0x1400", "mov 0xc(%r8),%r8d", "cmp 0x2000,%r9",
        "jne 0x1400", "mov %r8d,%r11d", "shl $0x15,%r11d", "or %r11d,%edx", "jmp 0x158f", "sub $0xffffffffffffff80,%r8",
        "dec %r11d", "jne 0x14ae", "jmp 0x1400", "mov $0x101,%eax", "movabs $0x1122334455667788,%r9", "syscall",
        "xor %r9d,%r9d", "test %r8d,%r8d", "jne 0x15b6", "test %eax,%eax", "js 0x1400", "addq $0xa,(%rsp)", "ret",
        "and $0xffdfffff,%edx", "test %eax,%eax", "jns 0x15cf", "cmp $0xfffffffe,%eax", "jne 0x1400",
        "addq $0xa,(%rsp)", "ret", "mov %rdi,%r9", "mov %eax,%edi", "mov $0x3,%eax", "syscall", "mov %r9,%rdi",
        "jmp 0x1400",
    ],
    Disassembled(257, movesPath: true));

    [SkippableTheory]
    [InlineData(21, "movzbl (%rdi),%eax", "cmpl $0x0,0x8(%r8)")]
    [InlineData(4, "movzbl (%rdi),%eax", "cmpl $0x0,0x8(%r8)")]
    [InlineData(6, "movzbl (%rdi),%eax", "cmpl $0x100,0x8(%r8)")]
    [InlineData(89, "movzbl (%rdi),%eax", "cmpl $0x2,0x8(%r8)")]
    [InlineData(257, "movzbl (%rsi),%eax", "cmpl $0x1,0x8(%r8)")]
    [InlineData(267, "movzbl (%rsi),%eax", "cmpl $0x2,0x8(%r8)")]
    public void SlotOfAPath_TakesItFromItsArgument_AndComparesItsKind(int number, params string[] expected) =>
        Assert.Superset(expected.ToHashSet(), Disassembled(number).ToHashSet());

    [Fact]
    public void FaultInASlot_GoesOnAtItsBeginning()
    {
        const ulong Code = 0x7000_0000_0000;
        foreach (CallSite form in CallSite.Forms)
        {
            ulong entry = Code + (ulong)FastCode.EntryOf(form);
            Assert.Equal(entry & ~(ulong)(FastCode.SlotSize - 1), FastCode.AfterFault(Code, entry + 30));
        }

        Assert.Null(FastCode.AfterFault(Code, Code - 1));
        Assert.Null(FastCode.AfterFault(Code, Code + FastCode.Generation));
    }

    [Fact]
    public void EachForm_HasASlotOfItsOwn() => Assert.Equal(
        CallSite.Forms.Length, CallSite.Forms.Select(form => FastCode.EntryOf(form)).Distinct().Count());

    /// <summary>By that the filter knows them.</summary>
    [Fact]
    public void EachSlot_HasItsCallAtTheSamePlace()
    {
        byte[] code = Written();
        foreach (CallSite form in CallSite.Forms)
        {
            int slot = FastCode.EntryOf(form) & ~(FastCode.SlotSize - 1);
            Assert.Equal([0x0f, 0x05], code[(slot + FastCode.EndOfCall - 2)..(slot + FastCode.EndOfCall)]);
        }
    }

    private static byte[] Written()
    {
        byte[] code = new byte[FastCode.Size];
        FastCode.Write(code, KnownTable.Own, Secret);
        return code;
    }

    // The instructions of a slot, without the padding between its parts.
    private static string[] Disassembled(int number, bool movesPath = false)
    {
        Requires.Program("objdump");
        using var directory = new WorkDirectory();
        string file = Path.Combine(directory.Work, "code");
        File.WriteAllBytes(file, Written());
        int entry = FastCode.EntryOf(
            CallSite.Forms.Single(form => form.Number == number && form.MovesPath == movesPath));
        int slot = entry & ~(FastCode.SlotSize - 1);
        const int Known = FastCode.EndOfCall - 17;
        return
        [
            .. Lines(file, slot, entry), .. Lines(file, entry, slot + Known),
            .. Lines(file, slot + Known, slot + FastCode.SlotSize),
        ];
    }

    private static IEnumerable<string> Lines(string file, int from, int to)
    {
        CommandResult objdump = CommandRunner.Run("/",
            ["objdump", "-D", "-b", "binary", "-m", "i386:x86-64", "--no-show-raw-insn",
                $"--start-address={from}", $"--stop-address={to}", file]);
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
