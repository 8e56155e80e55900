namespace Fptrace.Linux;

/// <summary>The kernel denies what nothing can go on without.</summary>
/// <param name="message">One line: what was denied, and why.</param>
/// <param name="error">The errno value, where it tells the user which limit to raise; else 0.</param>
internal sealed class KernelDenialException(string message, int error = 0) : Exception(message)
{
    public int Error { get; } = error;
}
