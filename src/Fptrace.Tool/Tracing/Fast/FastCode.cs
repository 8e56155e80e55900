using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Fast;

/// <summary>The code that a patched system call of the program jumps to: it makes the call unasked if the call is
/// known, and else makes it where it stood, so that the tracer is asked.</summary>
/// <remarks>
/// Each call has a slot of its own. The code keeps nothing in memory and uses no stack, so it may be left at any
/// instruction: by a signal, by siglongjmp, or by SIGKILL. It changes only registers that the program cannot rely on
/// there. These are rax, rcx and r11, which a system call changes, and the flags, which the program sets anew right
/// after the call (<see cref="CallSite"/>). The code for paths changes r8 and r9, too.
/// </remarks>
internal static class FastCode
{
    /// <summary>Bytes of one slot. The page of code holds as many as <see cref="FastGate.Slots"/>.</summary>
    public const int SlotSize = 256;

    /// <summary>Code, then a page with the numbers below, then the known paths.</summary>
    public const int Size = 0x2000 + (Paths * PathSize);

    /// <summary>From the code to the present generation: what was noted under an earlier one is not known any more. It
    /// is 0 in a child that fork has made.</summary>
    public const int Generation = 0x1000;

    /// <summary>The generation of a process that asks about each call.</summary>
    public const ulong NoGeneration = ulong.MaxValue;

    /// <summary>From the code to the generation of each standard stream: of its reads, then of its writes.</summary>
    public const int Streams = 0x1040;

    /// <summary>From the code to the known paths.</summary>
    public const int PathTable = 0x2000;

    public const int Paths = 512;

    /// <summary>Bytes of one path: its generation, its <see cref="ProbeKind"/>, the path with its NUL.</summary>
    public const int PathSize = 128;

    public const int PathKind = 8;

    /// <summary>1 for a path that is absent, else 0.</summary>
    public const int PathAbsence = 12;
    public const int PathText = 16;

    /// <summary>A path of as many bytes is not noted.</summary>
    public const int LongestPath = 104;

    // Where the parts of a slot begin. A fault of the fast part goes on at the slow one: it comes first. The last part
    // looks at the result of a known call.
    private const int GateAddress = 16;
    private const int Known = 24;
    private const int Fast = 36;
    private const int Result = SlotSize - 19;

    private const int Absent = 2; // ENOENT

    private const byte JumpIfEqual = 0x74;
    private const byte JumpIfNotEqual = 0x75;
    private const byte JumpIfBelow = 0x72;
    private const byte JumpIfAbove = 0x77;
    private const byte JumpIfNotAboveZero = 0x7e;

    // FNV-1a.
    private const uint Basis = 2166136261;
    private const int Prime = 16777619;

    public static ulong SlotAt(ulong code, int slot) => code + (ulong)(slot * SlotSize);

    /// <summary>Where the fast part of a slot begins.</summary>
    public static ulong EntryOf(ulong code, int slot) => SlotAt(code, slot) + Fast;

    /// <summary>The address at which a thread goes on whose fast part has made a fault; null elsewhere.</summary>
    public static ulong? AfterFault(ulong code, ulong instruction) =>
        instruction - code < Generation ? code + ((instruction - code) & ~(ulong)(SlotSize - 1)) : null;

    /// <summary>Where a known call goes on behind the gate.</summary>
    public static ulong ReturnOf(ulong code, int slot, in CallSite site) =>
        site.Kind == SiteKind.Stream ? site.End : SlotAt(code, slot) + Result;

    public static int StreamAt(int fd, Direction direction) => Streams + (fd * 16) + ((int)direction * 8);

    /// <summary>The slot of a call.</summary>
    /// <param name="code">Where the code begins.</param>
    /// <param name="slot">The number of the slot.</param>
    /// <param name="gate">The gate's call for this slot.</param>
    /// <param name="site">The call.</param>
    public static byte[] Bytes(ulong code, int slot, ulong gate, in CallSite site)
    {
        byte[] bytes = new byte[SlotSize];
        var writer = new CodeWriter(bytes, SlotAt(code, slot));
        writer.Add(0xb8);                                  // mov eax, the number of the call
        writer.Add32(site.Number);
        writer.Add(0xe9);                                  // jmp to the program's own system call
        writer.AddRelative(site.Instruction);
        while (writer.Length < GateAddress)
        {
            writer.Add(0x90);
        }

        writer.Add64(gate);
        writer.Add(0xb8);                                  // mov eax, the number of the call: it is known
        writer.Add32(site.Number);
        writer.Add(0xff, 0x25);                            // jmp [the gate's call of this slot]
        writer.AddRelative(SlotAt(code, slot) + GateAddress);
        while (writer.Length < Fast)
        {
            writer.Add(0x90);
        }

        if (site.Kind == SiteKind.Stream)
        {
            AddStream(ref writer, code, SlotAt(code, slot), site);
        }
        else
        {
            AddPath(ref writer, code, SlotAt(code, slot), site);
            var last = new CodeWriter(bytes.AsSpan(Result), SlotAt(code, slot) + Result);
            AddResult(ref last, SlotAt(code, slot), site);
        }

        return bytes;
    }

    /// <summary>Which place of the table a path has.</summary>
    public static int PlaceOf(ReadOnlySpan<byte> path, ProbeKind kind)
    {
        uint hash = Basis ^ (uint)kind;
        foreach (byte one in path)
        {
            hash = unchecked((hash ^ one) * (uint)Prime);
        }

        return (int)(hash % Paths);
    }

    private static void AddStream(ref CodeWriter writer, ulong code, ulong slow, in CallSite site)
    {
        writer.Add(0x83, 0xff, 2);                         // cmp edi, 2: the descriptor
        AddJump(ref writer, JumpIfAbove, slow);
        writer.Add(0x89, 0xf9);                            // mov ecx, edi
        writer.Add(0xc1, 0xe1, 4);                         // shl ecx, 4
        writer.Add(0x4c, 0x8d, 0x1d);                      // lea r11, [the generations of the streams]
        writer.AddRelative(code + (ulong)StreamAt(0, CallSite.DirectionOf(site.Number)));
        writer.Add(0x49, 0x8b, 0x0c, 0x0b);                // mov rcx, [r11 + rcx]
        writer.Add(0x48, 0x85, 0xc9);                      // test rcx, rcx: 0 is no generation
        AddJump(ref writer, JumpIfEqual, slow);
        writer.Add(0x48, 0x3b, 0x0d);                      // cmp rcx, [the generation]
        writer.AddRelative(code + Generation);
        AddJump(ref writer, JumpIfEqual, slow + Known);
        writer.Add(0xe9);                                  // jmp slow
        writer.AddRelative(slow);
    }

    private static void AddPath(ref CodeWriter writer, ulong code, ulong slow, in CallSite site)
    {
        bool isFirst = site.Kind is SiteKind.FirstPathFollowed or SiteKind.FirstPathKept;
        bool hasFlags = site.Kind == SiteKind.SecondPathAndFlags;
        ProbeKind kind = site.Kind == SiteKind.FirstPathFollowed ? ProbeKind.Followed : ProbeKind.Kept;
        writer.Add(0x45, 0x31, 0xc0);                      // xor r8d, r8d: an empty path is not absent
        writer.Add(0x4c, 0x8b, 0x0d);                      // mov r9, [the generation]
        writer.AddRelative(code + Generation);
        writer.Add(0x4d, 0x85, 0xc9);                      // test r9, r9: 0 and NoGeneration are none
        AddJump(ref writer, JumpIfNotAboveZero, slow);
        writer.Add(0x0f, 0xb6, (byte)(isFirst ? 0x07 : 0x06)); // movzx eax, byte [path]
        writer.Add(0x84, 0xc0);                            // test al, al: an empty path is known
        AddJump(ref writer, JumpIfEqual, slow + Known);
        writer.Add(0x3c, (byte)'/');                       // cmp al, '/'
        AddJump(ref writer, JumpIfNotEqual, slow);
        if (hasFlags)
        {
            writer.Add(0x41, 0xf7, 0xc2);                  // test r10d, all flags but AT_SYMLINK_NOFOLLOW
            writer.Add32(~(int)ProbeKind.Kept);
            AddJump(ref writer, JumpIfNotEqual, slow);
            writer.Add(0xb8);                              // mov eax, the basis of the hash
            writer.Add32(unchecked((int)Basis));
            writer.Add(0x44, 0x31, 0xd0);                  // xor eax, r10d
        }
        else
        {
            writer.Add(0xb8);                              // mov eax, the basis of the hash
            writer.Add32(unchecked((int)(Basis ^ (uint)kind)));
        }

        writer.Add(0x48, 0x89, (byte)(isFirst ? 0xf9 : 0xf1)); // mov rcx, path
        writer.Add(0x4c, 0x8d, (byte)(isFirst ? 0x8f : 0x8e)); // lea r9, [path + the longest]
        writer.Add32(LongestPath);
        int loop = writer.Length;
        writer.Add(0x44, 0x0f, 0xb6, 0x19);                // movzx r11d, byte [rcx]
        writer.Add(0x45, 0x85, 0xdb);                      // test r11d, r11d
        int end = writer.AddShortJump(JumpIfEqual);
        writer.Add(0x44, 0x31, 0xd8);                      // xor eax, r11d
        writer.Add(0x69, 0xc0);                            // imul eax, eax, the prime of the hash
        writer.Add32(Prime);
        writer.Add(0x48, 0xff, 0xc1);                      // inc rcx
        writer.Add(0x4c, 0x39, 0xc9);                      // cmp rcx, r9
        writer.AddShortJumpTo(JumpIfBelow, loop);
        writer.Add(0xe9);                                  // jmp slow: the path is too long
        writer.AddRelative(slow);
        writer.Land(end);
        writer.Add(0x25);                                  // and eax, the number of places - 1
        writer.Add32(Paths - 1);
        writer.Add(0xc1, 0xe0, 7);                         // shl eax, 7: times PathSize
        writer.Add(0x4c, 0x8d, 0x05);                      // lea r8, [the table]
        writer.AddRelative(code + PathTable);
        writer.Add(0x49, 0x01, 0xc0);                      // add r8, rax
        writer.Add(0x4c, 0x8b, 0x0d);                      // mov r9, [the generation]
        writer.AddRelative(code + Generation);
        writer.Add(0x4d, 0x39, 0x08);                      // cmp [r8], r9
        AddJump(ref writer, JumpIfNotEqual, slow);
        if (hasFlags)
        {
            writer.Add(0x45, 0x39, 0x50, PathKind);        // cmp [r8 + PathKind], r10d
        }
        else
        {
            writer.Add(0x41, 0x81, 0x78, PathKind);        // cmp dword [r8 + PathKind], kind
            writer.Add32((int)kind);
        }

        AddJump(ref writer, JumpIfNotEqual, slow);
        writer.Add(0x45, 0x8b, 0x58, PathAbsence);         // mov r11d, [r8 + PathAbsence]
        writer.Add(0x48, 0x89, (byte)(isFirst ? 0xf9 : 0xf1)); // mov rcx, path
        writer.Add(0x49, 0x83, 0xc0, PathText);            // add r8, PathText
        loop = writer.Length;
        writer.Add(0x0f, 0xb6, 0x01);                      // movzx eax, byte [rcx]
        writer.Add(0x41, 0x3a, 0x00);                      // cmp al, [r8]
        AddJump(ref writer, JumpIfNotEqual, slow);
        writer.Add(0x48, 0xff, 0xc1);                      // inc rcx
        writer.Add(0x49, 0xff, 0xc0);                      // inc r8
        writer.Add(0x84, 0xc0);                            // test al, al
        writer.AddShortJumpTo(JumpIfNotEqual, loop);

        // The tracer may have put another path there meanwhile, but only under another generation.
        writer.Add(0x4c, 0x3b, 0x0d);                      // cmp r9, [the generation]
        writer.AddRelative(code + Generation);
        AddJump(ref writer, JumpIfNotEqual, slow);
        writer.Add(0x45, 0x89, 0xd8);                      // mov r8d, r11d: a system call keeps it
        writer.Add(0xe9);                                  // jmp: it is known
        writer.AddRelative(slow + Known);
    }

    // Nobody tells the tracer when a name comes into being that another process makes, or the kernel. So who asks for
    // what was absent, and finds it, asks again where the tracer sees it.
    private static void AddResult(ref CodeWriter writer, ulong slow, in CallSite site)
    {
        writer.Add(0x45, 0x85, 0xc0);                      // test r8d, r8d: whether the path was absent
        int exists = writer.AddShortJump(JumpIfEqual);
        writer.Add(0x83, 0xf8, unchecked((byte)-Absent));  // cmp eax, -ENOENT
        AddJump(ref writer, JumpIfNotEqual, slow);
        writer.Land(exists);
        writer.Add(0xe9);                                  // jmp behind the program's own system call
        writer.AddRelative(site.End);
    }

    // The long form of a conditional jump: 0f, and its short opcode + 10h.
    private static void AddJump(ref CodeWriter writer, byte opcode, ulong to)
    {
        writer.Add(0x0f, (byte)(opcode + 0x10));
        writer.AddRelative(to);
    }
}
