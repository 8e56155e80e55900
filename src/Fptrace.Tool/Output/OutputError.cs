namespace Fptrace.Output;

/// <summary>A system call on an output failed.</summary>
/// <param name="errno">The errno value.</param>
/// <param name="isPartial">Whether the file was overwritten in place and now contains only a part of the
/// output.</param>
internal sealed class OutputError(int errno, bool isPartial = false) : Exception("errno " + errno)
{
    public int Errno { get; } = errno;

    public bool IsPartial { get; } = isPartial;

    /// <param name="result">The result of a call: −errno on failure.</param>
    /// <returns>The result, if it is no failure.</returns>
    public static int Check(int result) => result >= 0 ? result : throw new OutputError(-result);
}
