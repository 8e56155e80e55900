namespace Fptrace.Tracing.Calls;

/// <summary>One system call: its numbers and what becomes of it.</summary>
/// <param name="Name">As the kernel's headers spell it, without <c>__NR_</c>.</param>
/// <param name="X64">Number on x86-64; −1 where the architecture lacks the call, as in the next two.</param>
/// <param name="X86">Number on i386.</param>
/// <param name="Arm64">Number on aarch64.</param>
/// <param name="Call">Who handles it, and where it has its arguments.</param>
internal readonly record struct SyscallRow(string Name, short X64, short X86, short Arm64, Call Call);
