using Fptrace.Linux.Headers;

namespace Fptrace.Tracing.Calls;

/// <summary>A system call at its entry. It is the same for a notification and for a ptrace stop.</summary>
internal readonly struct SyscallEntry
{
    private readonly SyscallArguments _arguments;

    private SyscallEntry(SyscallAbi abi, int number, Call call, in SyscallArguments arguments)
    {
        Abi = abi;
        Number = number;
        Call = call;
        PointerSize = (number & SyscallAbi.X32Bit) != 0 ? 4 : abi.PointerSize;
        _arguments = arguments;
    }

    public SyscallAbi Abi { get; }

    public int Number { get; }

    public Call Call { get; }

    /// <summary>Size of the caller's pointers in bytes: 4 or 8.</summary>
    public int PointerSize { get; }

    public static bool TryCreate(in seccomp_data data, out SyscallEntry entry) =>
        TryCreate(SyscallAbi.OfThisMachine, data, out entry);

    /// <summary>The same for a machine with these ABIs.</summary>
    internal static bool TryCreate(SyscallAbi[] abis, in seccomp_data data, out SyscallEntry entry)
    {
        return TryCreate(abis, data.arch, data.nr, data.args, out entry);
    }

    public static bool TryCreate(in ptrace_syscall_info info, out SyscallEntry entry)
    {
        return TryCreate(SyscallAbi.OfThisMachine, info.arch, (int)info.nr, info.args, out entry);
    }

    /// <summary>An argument that is a pointer, a length or the like; 0 for position −1.</summary>
    public ulong Argument(int position) => position < 0 ? 0
        : PointerSize == 4 ? (uint)_arguments[position]
        : _arguments[position];

    /// <summary>An argument that is an int, such as a descriptor or flags; 0 for position −1.</summary>
    public int Int(int position) => position < 0 ? 0 : (int)_arguments[position];

    /// <summary>The descriptor that a path is relative to; for position −1 AT_FDCWD, the working directory.</summary>
    public int Descriptor(int position) => position < 0 ? fcntl.AT_FDCWD : Int(position);

    /// <summary>All 64 bits of the register, whatever the ABI. This is what a seccomp filter sees.</summary>
    public ulong Raw(int position) => _arguments[position];

    private static bool TryCreate(SyscallAbi[] abis, uint audit, int number, in SyscallArguments arguments,
        out SyscallEntry entry)
    {
        foreach (SyscallAbi abi in abis)
        {
            if (abi.Audit == audit)
            {
                if (abi.CallOf(number) is { } call)
                {
                    entry = new SyscallEntry(abi, number, call, arguments);
                    return true;
                }

                break;
            }
        }

        entry = default;
        return false;
    }
}
