using Fptrace.Linux.Headers;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Fast;

/// <summary>The code that a patched system call of the program calls: it makes the call unasked if it is known, and
/// else returns to where the call stood, so that the tracer is asked.</summary>
/// <remarks>
/// It is the same for all processes of a run, wherever it is mapped. Each number of a call has a slot of its own. The
/// code keeps nothing in memory but the address of its return, and may be left at any instruction: by a signal, by
/// siglongjmp, or by SIGKILL. It changes only registers that the program cannot rely on there. These are rax, rcx and
/// r11, which a system call changes, r8 and r9, which no C function relies on, and the flags, which the program sets
/// anew right after the call (<see cref="CallSite"/>).
/// </remarks>
internal static class FastCode
{
    /// <summary>Bytes of one slot.</summary>
    public const int SlotSize = 512;

    /// <summary>Bytes of all slots.</summary>
    public const int Size = 0x2000;

    /// <summary>From the code to the number that tells which run it is of.</summary>
    public const int Mark = Size - sizeof(ulong);

    /// <summary>From the code to the present generation: what was noted under an earlier one is not known any more. Its
    /// page is zeros in a child of a process that has it to itself.</summary>
    public const int Generation = Size;

    /// <summary>The generation of a process that asks about each call.</summary>
    public const ulong NoGeneration = ulong.MaxValue;

    /// <summary>From the code to the generation of each standard stream: of its reads, then of its writes.</summary>
    public const int Streams = Size + 0x40;

    /// <summary>From the code to the known paths.</summary>
    public const int PathTable = Size + 0x1000;

    /// <summary>Where the system call of a slot ends, by which the filter knows it, too.</summary>
    public const int EndOfCall = SlotSize - 96;

    /// <summary>The argument that then has the secret of the run: r9. No call that can be known has it.</summary>
    public const int SecretAt = 5;

    /// <summary>Flags of an open that can be known: it only reads.</summary>
    public static int OpenFlags => fcntl.O_CLOEXEC | fcntl.O_NOCTTY | fcntl.O_NONBLOCK | asm.O_DIRECTORY.X64;

    // Where the parts of a slot begin. A fault of the fast part goes on at the slow one: it comes first.
    private const int Fast = 16;
    private const int Known = EndOfCall - 17;

    public static int SizeWith(KnownTable places) => PathTable + places.Size;

    /// <summary>From the code to where a patched call leads.</summary>
    public static int EntryOf(in CallSite site) => (SlotOf(site) * SlotSize) + Fast;

    /// <summary>The address at which a thread goes on whose fast part has made a fault; null elsewhere.</summary>
    public static ulong? AfterFault(ulong code, ulong instruction) =>
        instruction - code < Size ? code + ((instruction - code) & ~(ulong)(SlotSize - 1)) : null;

    public static int StreamAt(int fd, Direction direction) => Streams + (fd * 16) + ((int)direction * 8);

    /// <summary>Writes all slots.</summary>
    /// <param name="target"><see cref="Size"/> bytes.</param>
    /// <param name="places">What kind of table is behind the code.</param>
    /// <param name="secret">The number by which the filter knows a known call.</param>
    public static void Write(Span<byte> target, KnownTable places, ulong secret)
    {
        foreach (CallSite site in CallSite.Forms)
        {
            int at = SlotOf(site) * SlotSize;
            WriteSlot(target.Slice(at, SlotSize), (ulong)at, places, secret, site);
        }
    }

    private static int SlotOf(in CallSite site)
    {
        for (int i = 0; i < CallSite.Forms.Length; i++)
        {
            if (CallSite.Forms[i].Number == site.Number && CallSite.Forms[i].MovesPath == site.MovesPath)
            {
                return i;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(site));
    }

    private static void WriteSlot(
        Span<byte> slot, ulong start, KnownTable places, ulong secret, in CallSite site)
    {
        var writer = new CodeWriter(slot, start);
        writer.Add(0xb8);                                  // mov eax, the number of the call
        writer.Add32(site.Number);
        AddReturn(ref writer, site.ToInstruction);
        writer = new CodeWriter(slot[Fast..Known], start + Fast);
        writer.Add(0x4c, 0x8b, 0x1c, 0x24);                // mov r11, [rsp]: where it returns to
        writer.Add(0x66, 0x41, 0x81, 0x7b,                 // cmp word [r11 + distance], syscall
            unchecked((byte)(sbyte)site.ToInstruction), 0x0f, 0x05);
        writer.AddJump(CodeWriter.JumpIfNotEqual, start);  // who hooks a function has copied our call elsewhere
        if (site.Kind == SiteKind.Stream)
        {
            AddStream(ref writer, start, site);
        }
        else
        {
            if (site.MovesPath)
            {
                writer.Add(0x48, 0x89, 0xfe);              // mov rsi, rdi: the path
                writer.Add(0xbf);                          // mov edi, AT_FDCWD
                writer.Add32(fcntl.AT_FDCWD);
            }

            AddPath(ref writer, start, places, site);
        }

        writer = new CodeWriter(slot[Known..], start + Known);
        writer.Add(0xb8);                                  // mov eax, the number of the call: it is known
        writer.Add32(site.Number);
        writer.Add(0x49, 0xb9);                            // mov r9, the secret
        writer.Add64(secret);
        writer.Add(0x0f, 0x05);                            // syscall
        KnownResult.Add(ref writer, start, site);
    }

    /// <summary>Returns to the instructions of the program from a distance of where its call comes back.</summary>
    public static void AddReturn(ref CodeWriter writer, int distance)
    {
        if (distance != 0)
        {
            writer.Add(0x48, 0x83, 0x04, 0x24, unchecked((byte)(sbyte)distance)); // add qword [rsp], distance
        }

        writer.Add(0xc3);                                  // ret
    }

    private static void AddStream(ref CodeWriter writer, ulong slow, in CallSite site)
    {
        writer.Add(0x83, 0xff, 2);                         // cmp edi, 2: the descriptor
        writer.AddJump(CodeWriter.JumpIfAbove, slow);
        writer.Add(0x89, 0xf9);                            // mov ecx, edi
        writer.Add(0xc1, 0xe1, 4);                         // shl ecx, 4
        writer.Add(0x4c, 0x8d, 0x1d);                      // lea r11, [the generations of the streams]
        writer.AddRelative((ulong)StreamAt(0, CallSite.DirectionOf(site.Number)));
        writer.Add(0x49, 0x8b, 0x0c, 0x0b);                // mov rcx, [r11 + rcx]
        writer.Add(0x48, 0x85, 0xc9);                      // test rcx, rcx: 0 is no generation
        writer.AddJump(CodeWriter.JumpIfEqual, slow);
        writer.Add(0x48, 0x3b, 0x0d);                      // cmp rcx, [the generation]
        writer.AddRelative(Generation);
        writer.AddJump(CodeWriter.JumpIfEqual, slow + Known);
        writer.Add(0xe9);                                  // jmp slow
        writer.AddRelative(slow);
    }

    private static void AddPath(ref CodeWriter writer, ulong slow, KnownTable places, in CallSite site)
    {
        bool isFirst =
            site.Kind is SiteKind.FirstPathFollowed or SiteKind.FirstPathKept or SiteKind.FirstPathRead;
        bool hasFlags = site.Kind == SiteKind.SecondPathAndFlags;
        bool opens = site.Kind == SiteKind.SecondPathOpened;
        ProbeKind kind = site.Kind switch
        {
            SiteKind.FirstPathFollowed => ProbeKind.Followed,
            SiteKind.FirstPathKept => ProbeKind.Kept,
            SiteKind.SecondPathOpened => ProbeKind.Opened,
            _ => ProbeKind.LinkRead,
        };
        writer.Add(0x45, 0x31, 0xc0);                      // xor r8d, r8d: an empty path is not absent
        writer.Add(0x4c, 0x8b, 0x0d);                      // mov r9, [the generation]
        writer.AddRelative(Generation);
        writer.Add(0x4d, 0x85, 0xc9);                      // test r9, r9: 0 and NoGeneration are none
        writer.AddJump(CodeWriter.JumpIfNotAboveZero, slow);
        writer.Add(0x0f, 0xb6, (byte)(isFirst ? 0x07 : 0x06)); // movzx eax, byte [path]
        writer.Add(0x84, 0xc0);                            // test al, al: an empty path is known
        writer.AddJump(CodeWriter.JumpIfEqual, opens ? slow : slow + Known);
        writer.Add(0x3c, (byte)'/');                       // cmp al, '/'
        writer.AddJump(CodeWriter.JumpIfNotEqual, slow);
        if (opens)
        {
            writer.Add(0xf7, 0xc2);                        // test edx, all flags but the harmless ones
            writer.Add32(~OpenFlags);
            writer.AddJump(CodeWriter.JumpIfNotEqual, slow);
        }

        if (hasFlags)
        {
            writer.Add(0x41, 0xf7, 0xc2);                  // test r10d, all flags but AT_SYMLINK_NOFOLLOW
            writer.Add32(~(int)ProbeKind.Kept);
            writer.AddJump(CodeWriter.JumpIfNotEqual, slow);
            writer.Add(0xb8);                              // mov eax, the basis of the hash
            writer.Add32(unchecked((int)KnownTable.Basis));
            writer.Add(0x44, 0x31, 0xd0);                  // xor eax, r10d
        }
        else
        {
            writer.Add(0xb8);                              // mov eax, the basis of the hash
            writer.Add32(unchecked((int)(KnownTable.Basis ^ (uint)kind)));
        }

        writer.Add(0x48, 0x89, (byte)(isFirst ? 0xf9 : 0xf1)); // mov rcx, path
        writer.Add(0x4c, 0x8d, (byte)(isFirst ? 0x8f : 0x8e)); // lea r9, [path + the longest]
        writer.Add32(KnownTable.LongestPath);
        int loop = writer.Length;
        writer.Add(0x44, 0x0f, 0xb6, 0x19);                // movzx r11d, byte [rcx]
        writer.Add(0x45, 0x85, 0xdb);                      // test r11d, r11d
        int end = writer.AddShortJump(CodeWriter.JumpIfEqual);
        writer.Add(0x44, 0x31, 0xd8);                      // xor eax, r11d
        writer.Add(0x69, 0xc0);                            // imul eax, eax, the prime of the hash
        writer.Add32(KnownTable.Prime);
        writer.Add(0x48, 0xff, 0xc1);                      // inc rcx
        writer.Add(0x4c, 0x39, 0xc9);                      // cmp rcx, r9
        writer.AddShortJumpTo(CodeWriter.JumpIfBelow, loop);
        writer.Add(0xe9);                                  // jmp slow: the path is too long
        writer.AddRelative(slow);
        writer.Land(end);
        writer.Add(0x48, 0x69, 0xc0);                      // imul rax, rax, the number of places
        writer.Add32(places.Places);
        writer.Add(0x48, 0xc1, 0xe8, 32);                  // shr rax, 32
        writer.Add(0xc1, 0xe0, 7);                         // shl eax, 7: times EntrySize
        writer.Add(0x4c, 0x8d, 0x05);                      // lea r8, [the table]
        writer.AddRelative(PathTable);
        writer.Add(0x49, 0x01, 0xc0);                      // add r8, rax
        writer.Add(0x4c, 0x8b, 0x0d);                      // mov r9, [the generation]
        writer.AddRelative(Generation);
        writer.Add(0x41, 0xbb);                            // mov r11d, the number of tries
        writer.Add32(KnownTable.Tries);
        int entry = writer.Length;
        writer.Add(0x4d, 0x39, 0x08);                      // cmp [r8], r9: behind a free place there is nothing
        writer.AddJump(CodeWriter.JumpIfNotEqual, slow);
        if (hasFlags)
        {
            writer.Add(0x45, 0x39, 0x50, KnownTable.Kind);        // cmp [r8 + Kind], r10d
        }
        else
        {
            writer.Add(0x41, 0x81, 0x78, KnownTable.Kind);        // cmp dword [r8 + Kind], kind
            writer.Add32((int)kind);
        }

        int otherKind = writer.AddShortJump(CodeWriter.JumpIfNotEqual);
        writer.Add(0x31, 0xc9);                            // xor ecx, ecx
        loop = writer.Length;
        writer.Add(0x0f, 0xb6, 0x04, (byte)(isFirst ? 0x0f : 0x0e)); // movzx eax, byte [path + rcx]
        writer.Add(0x41, 0x3a, 0x44, 0x08, KnownTable.Text);      // cmp al, [r8 + rcx + Text]
        int otherPath = writer.AddShortJump(CodeWriter.JumpIfNotEqual);
        writer.Add(0x48, 0xff, 0xc1);                      // inc rcx
        writer.Add(0x84, 0xc0);                            // test al, al
        writer.AddShortJumpTo(CodeWriter.JumpIfNotEqual, loop);

        // The tracer may have put another path there meanwhile, but only under another generation.
        writer.Add(0x4d, 0x39, 0x08);                      // cmp [r8], r9
        writer.AddJump(CodeWriter.JumpIfNotEqual, slow);
        writer.Add(0x45, 0x8b, 0x40, KnownTable.Absence);  // mov r8d, [r8 + Absence]: a system call keeps it
        writer.Add(0x4c, 0x3b, 0x0d);                      // cmp r9, [the generation]
        writer.AddRelative(Generation);
        writer.AddJump(CodeWriter.JumpIfNotEqual, slow);
        if (opens)
        {
            writer.Add(0x45, 0x89, 0xc3);                  // mov r11d, r8d
            writer.Add(0x41, 0xc1, 0xe3, 21);              // shl r11d, 21: O_PATH if the path was absent
            writer.Add(0x44, 0x09, 0xda);                  // or edx, r11d
        }

        writer.Add(0xe9);                                  // jmp: it is known
        writer.AddRelative(slow + Known);
        writer.Land(otherKind);
        writer.Land(otherPath);
        writer.Add(0x49, 0x83, 0xe8, 0x80);                // sub r8, -EntrySize
        writer.Add(0x41, 0xff, 0xcb);                      // dec r11d
        writer.AddShortJumpTo(CodeWriter.JumpIfNotEqual, entry);
        writer.Add(0xe9);                                  // jmp slow: it has no place
        writer.AddRelative(slow);
    }
}
