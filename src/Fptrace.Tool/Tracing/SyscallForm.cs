namespace Fptrace.Tracing;

/// <summary>Where a system call keeps what its operation needs: argument positions, −1 for none.</summary>
/// <param name="Name">The kernel's name.</param>
/// <param name="Operation">What it does.</param>
/// <param name="Path">Pointer to the path.</param>
/// <param name="At">Descriptor that the path is relative to; −1: the working directory. For calls on a descriptor, that.</param>
/// <param name="Path2">Second path (rename, link, symlink).</param>
/// <param name="At2">Descriptor of the second path.</param>
/// <param name="Flags">Open, AT_ or clone flags.</param>
/// <param name="Extra">Whatever else the operation reads: length, mode, argv (envp follows it), the last of several ids.</param>
/// <param name="Implied">Flags that the call has without saying so.</param>
internal readonly record struct SyscallForm(
    string Name,
    Operation Operation,
    sbyte Path = -1,
    sbyte At = -1,
    sbyte Path2 = -1,
    sbyte At2 = -1,
    sbyte Flags = -1,
    sbyte Extra = -1,
    int Implied = 0);
