using Fptrace.Linux.Headers;

namespace Fptrace.Tracing.Fast;

/// <summary>The last part of a slot of <see cref="FastCode"/>: it looks at the result of a known call.</summary>
/// <remarks>
/// Nobody tells the tracer when a name comes into being, or vanishes, by another process or by the kernel. So who finds
/// what was absent, or misses what existed, asks again where the tracer sees it. The secret does not stay in r9: the
/// program's own calls must not have it.
/// </remarks>
internal static class KnownResult
{
    // The number of the call.
    private const int Close = 3;

    /// <param name="writer">Receives the code.</param>
    /// <param name="slow">Where the call is made so that the tracer sees it.</param>
    /// <param name="site">The call.</param>
    public static void Add(ref CodeWriter writer, ulong slow, in CallSite site)
    {
        writer.Add(0x45, 0x31, 0xc9);                      // xor r9d, r9d
        if (site.Kind == SiteKind.SecondPathOpened)
        {
            AddOpened(ref writer, slow, site);
            return;
        }

        if (site.Kind != SiteKind.Stream)
        {
            writer.Add(0x83, 0xf8, unchecked((byte)-errno.ENOENT));  // cmp eax, -ENOENT
            writer.Add(0x0f, 0x94, 0xc1);                  // sete cl
            writer.Add(0x44, 0x38, 0xc1);                  // cmp cl, r8b: whether the path was absent
            writer.AddJump(CodeWriter.JumpIfNotEqual, slow);
        }

        FastCode.AddReturn(ref writer, site.ToEnd);
    }

    // An open of an absent path was made with O_PATH, which opens nothing but the name: to close that has no effect. A
    // call of the kernel keeps r9.
    private static void AddOpened(ref CodeWriter writer, ulong slow, in CallSite site)
    {
        writer.Add(0x45, 0x85, 0xc0);                      // test r8d, r8d: whether the path was absent
        int absent = writer.AddShortJump(CodeWriter.JumpIfNotEqual);
        writer.Add(0x85, 0xc0);                            // test eax, eax: the descriptor
        writer.AddJump(CodeWriter.JumpIfNegative, slow);
        FastCode.AddReturn(ref writer, site.ToEnd);
        writer.Land(absent);
        writer.Add(0x81, 0xe2);                            // and edx, all flags but O_PATH
        writer.Add32(~fcntl.O_PATH);
        writer.Add(0x85, 0xc0);                            // test eax, eax
        int opened = writer.AddShortJump(CodeWriter.JumpIfNotNegative);
        writer.Add(0x83, 0xf8, unchecked((byte)-errno.ENOENT));  // cmp eax, -ENOENT
        writer.AddJump(CodeWriter.JumpIfNotEqual, slow);
        FastCode.AddReturn(ref writer, site.ToEnd);
        writer.Land(opened);
        writer.Add(0x49, 0x89, 0xf9);                      // mov r9, rdi
        writer.Add(0x89, 0xc7);                            // mov edi, eax
        writer.Add(0xb8);                                  // mov eax, the number of close
        writer.Add32(Close);
        writer.Add(0x0f, 0x05);                            // syscall
        writer.Add(0x4c, 0x89, 0xcf);                      // mov rdi, r9
        writer.Add(0xe9);                                  // jmp slow
        writer.AddRelative(slow);
    }
}
