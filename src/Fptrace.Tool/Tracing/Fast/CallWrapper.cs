using System.Buffers.Binary;

namespace Fptrace.Tracing.Fast;

/// <summary>What stands behind the system call in a wrapper of the C library.</summary>
/// <remarks>
/// Whatever it is, each byte of it must be one that is listed here: then it reads no register that a call of the C
/// library may change, but rax and those that it has written itself.
/// </remarks>
internal static class CallWrapper
{
    /// <summary>Bytes from the system call to behind the return, if both ways there are as listed.</summary>
    /// <param name="code">What stands behind the call.</param>
    /// <param name="checksError">Whether to look at the way of an error, too. Else registers must be kept that only
    /// this way may need.</param>
    public static int? Return(ReadOnlySpan<byte> code, bool checksError)
    {
        // cmp rax, -4096 and ja; cmp rax, -4095 and jae; cmp eax, -4096 and ja
        int compare;
        byte jump;
        if (At(code, 0, 0x48, 0x3d, 0x00, 0xf0, 0xff, 0xff))
        {
            (compare, jump) = (6, 0x77);
        }
        else if (At(code, 0, 0x48, 0x3d, 0x01, 0xf0, 0xff, 0xff))
        {
            (compare, jump) = (6, 0x73);
        }
        else if (At(code, 0, 0x3d, 0x00, 0xf0, 0xff, 0xff))
        {
            (compare, jump) = (5, 0x77);
        }
        else
        {
            return null;
        }

        int go = compare;
        return Jump(code, ref go, jump) is { } error && AfterReturn(code, go) is { } end
            && (!checksError || SetsErrno(code, error, go))
            ? end
            : null;
    }

    /// <summary>Where the wrapper ends that returns from here on, with what the kernel has said.</summary>
    private static int? AfterReturn(ReadOnlySpan<byte> code, int at)
    {
        if (At(code, at, 0x31, 0xc0))
        {
            // xor eax, eax
            at += 2;
        }

        // The stack protector: mov rdx, [rsp + place]; sub rdx, fs:0x28; jne to a function that ends the process.
        if (At(code, at, 0x48, 0x8b, 0x54, 0x24) && At(code, at + 5, 0x64, 0x48, 0x2b, 0x14, 0x25, 0x28, 0, 0, 0))
        {
            at += 14;
            if (Jump(code, ref at, 0x75) is null)
            {
                return null;
            }
        }

        if (At(code, at, 0x48, 0x83, 0xc4))
        {
            // add rsp, size
            at += 4;
        }

        // pop rbx and its kin, which a function must restore
        while (At(code, at, 0x5b) || At(code, at, 0x5d))
        {
            at++;
        }

        while (at + 1 < code.Length && code[at] == 0x41 && code[at + 1] is >= 0x5c and <= 0x5f)
        {
            at += 2;
        }

        // ret
        return At(code, at, 0xc3) ? at + 1 : null;
    }

    /// <summary>Whether these instructions set errno and return −1, and use nothing but rax, rcx and rdx.</summary>
    private static bool SetsErrno(ReadOnlySpan<byte> code, int at, int go)
    {
        if (At(code, at, 0x48, 0x8b, 0x15) && At(code, at + 7, 0xf7, 0xd8, 0x64, 0x89, 0x02))
        {
            // mov rdx, [the offset of errno]; neg eax; mov fs:[rdx], eax
            at += 12;
        }
        else if (At(code, at, 0x48, 0x8b, 0x0d) && At(code, at + 7, 0xf7, 0xd8, 0x64, 0x89, 0x01))
        {
            // the same with rcx
            at += 12;
        }
        else if (At(code, at, 0xf7, 0xd8, 0x89, 0x05))
        {
            // neg eax; mov [errno of the dynamic linker], eax
            at += 8;
        }
        else
        {
            return false;
        }

        // mov eax, -1; or rax, -1; mov rax, -1
        int more = At(code, at, 0xb8, 0xff, 0xff, 0xff, 0xff) ? 5
            : At(code, at, 0x48, 0x83, 0xc8, 0xff) ? 4
            : At(code, at, 0x48, 0xc7, 0xc0, 0xff, 0xff, 0xff, 0xff) ? 7
            : 0;
        if (more == 0)
        {
            return false;
        }

        // ret, or back to where a success goes on
        at += more;
        return At(code, at, 0xc3) || Jump(code, ref at, 0xeb) == go;
    }

    /// <summary>Where a jump leads.</summary>
    /// <param name="code">The code.</param>
    /// <param name="at">Where the jump stands; then, what is behind it.</param>
    /// <param name="opcode">The one of its short form.</param>
    /// <returns>null when there is another instruction.</returns>
    private static int? Jump(ReadOnlySpan<byte> code, ref int at, byte opcode)
    {
        if (At(code, at, opcode) && at + 2 <= code.Length)
        {
            at += 2;
            return at + (sbyte)code[at - 1];
        }

        // jmp has a long form of its own.
        int length = opcode == 0xeb ? At(code, at, 0xe9) ? 1 : 0
            : At(code, at, 0x0f, (byte)(opcode + 0x10)) ? 2 : 0;
        if (length == 0 || at + length + sizeof(int) > code.Length)
        {
            return null;
        }

        at += length + sizeof(int);
        return at + BinaryPrimitives.ReadInt32LittleEndian(code[(at - sizeof(int))..]);
    }

    private static bool At(ReadOnlySpan<byte> code, int at, params ReadOnlySpan<byte> bytes) =>
        at >= 0 && at <= code.Length && code[at..].StartsWith(bytes);
}
