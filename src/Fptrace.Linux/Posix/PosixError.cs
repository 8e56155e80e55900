using System.Runtime.InteropServices;

namespace Fptrace.Linux.Posix;

/// <summary>Failures of the C library.</summary>
internal static class PosixError
{
    /// <summary>What the last call failed with; the HResult is the errno value.</summary>
    public static IOException Last()
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException(Marshal.GetPInvokeErrorMessage(error), error);
    }
}
