namespace Fptrace.Tracing.Calls;

/// <summary>One system call: its name, its numbers and its class.</summary>
/// <param name="Name">As the kernel's headers spell it, without <c>__NR_</c>.</param>
/// <param name="X64">Number on x86-64; −1 where the architecture lacks the call. So for the next two.</param>
/// <param name="X86">Number on i386.</param>
/// <param name="Arm64">Number on aarch64.</param>
/// <param name="Call">The class that handles it, with the positions of its arguments.</param>
internal readonly record struct SyscallRow(string Name, short X64, short X86, short Arm64, Call Call);
