namespace Fptrace.Linux;

/// <summary>The kernel denied something without which fptrace cannot go on.</summary>
/// <param name="message">What was denied, and why, in one line.</param>
/// <param name="error">The errno value if it tells which limit the user can raise; otherwise 0.</param>
internal sealed class KernelDenialException(string message, int error = 0) : Exception(message)
{
    public int Error { get; } = error;
}
