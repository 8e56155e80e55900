using System.Runtime.CompilerServices;

namespace Fptrace.Linux.Headers;

/// <summary>The six arguments of a system call, as structures of the kernel hold them.</summary>
[InlineArray(6)]
internal struct SyscallArguments
{
    private ulong _first;
}
