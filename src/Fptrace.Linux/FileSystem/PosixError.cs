using System.Runtime.InteropServices;

namespace Fptrace.Linux.FileSystem;

/// <summary>Failures of the C library.</summary>
internal static class PosixError
{
    /// <summary>What the last call failed with; the HResult is the errno value.</summary>
    public static IOException Last()
    {
        return Of(Marshal.GetLastPInvokeError());
    }

    /// <summary>An errno value.</summary>
    public static IOException Of(int error) => new(Marshal.GetPInvokeErrorMessage(error), error);
}
