using Fptrace.Linux.Headers;

namespace Fptrace.Output;

/// <summary>A call on an output that failed.</summary>
/// <param name="errno">Why.</param>
/// <param name="isPartial">The file was written in place, and holds a part of it now.</param>
internal sealed class OutputError(int errno, bool isPartial = false) : Exception("errno " + errno)
{
    public int Errno { get; } = errno;

    public bool IsPartial { get; } = isPartial;

    /// <param name="result">What a call returned: −errno, or anything else.</param>
    /// <returns>The same, which is no failure.</returns>
    public static int Check(int result) => result >= 0 ? result : throw new OutputError(-result);
}
