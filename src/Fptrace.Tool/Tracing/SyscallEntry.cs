using System.Runtime.CompilerServices;
using Fptrace.Interop;

namespace Fptrace.Tracing;

/// <summary>A system call at its entry, whichever way it came to us.</summary>
internal readonly struct SyscallEntry
{
    private readonly Arguments _arguments;
    private readonly int _form;

    private SyscallEntry(SyscallAbi abi, int number, int form, in Arguments arguments)
    {
        Abi = abi;
        Number = number;
        _form = form;
        PointerSize = (number & SyscallAbi.X32Bit) != 0 ? 4 : abi.PointerSize;
        _arguments = arguments;
    }

    public SyscallAbi Abi { get; }

    public int Number { get; }

    public ref readonly SyscallForm Form => ref SyscallForms.All[_form];

    /// <summary>4 or 8.</summary>
    public int PointerSize { get; }

    public static unsafe bool TryCreate(in seccomp_data data, out SyscallEntry entry)
    {
        Arguments arguments = default;
        for (int i = 0; i < 6; i++)
        {
            arguments[i] = data.args[i];
        }

        return TryCreate(data.arch, data.nr, arguments, out entry);
    }

    public static unsafe bool TryCreate(in ptrace_syscall_info info, out SyscallEntry entry)
    {
        Arguments arguments = default;
        for (int i = 0; i < 6; i++)
        {
            arguments[i] = info.args[i];
        }

        return TryCreate(info.arch, (int)info.nr, arguments, out entry);
    }

    /// <summary>An argument that is a pointer, a length or the like; 0 for position −1.</summary>
    public ulong Argument(int position) => position < 0 ? 0 : PointerSize == 4 ? (uint)_arguments[position] : _arguments[position];

    /// <summary>An argument that is an int: descriptors and flags.</summary>
    public int Int(int position) => position < 0 ? 0 : (int)_arguments[position];

    /// <summary>The descriptor that the first path is relative to.</summary>
    public int At => Form.At < 0 ? fcntl.AT_FDCWD : Int(Form.At);

    public int At2 => Form.At2 < 0 ? fcntl.AT_FDCWD : Int(Form.At2);

    /// <summary>Flags that are given and flags that the call implies.</summary>
    public int Flags => Int(Form.Flags) | Form.Implied;

    private static bool TryCreate(uint audit, int number, in Arguments arguments, out SyscallEntry entry)
    {
        foreach (SyscallAbi abi in SyscallAbi.OfThisMachine)
        {
            if (abi.Audit == audit)
            {
                int form = abi.FormOf(number);
                if (form >= 0)
                {
                    entry = new SyscallEntry(abi, number, form, arguments);
                    return true;
                }

                break;
            }
        }

        entry = default;
        return false;
    }

    [InlineArray(6)]
    private struct Arguments
    {
        private ulong _first;
    }
}
