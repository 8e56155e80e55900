using System.Runtime.InteropServices;

namespace Fptrace.Linux.FileSystem;

/// <summary>Makes exceptions of failures of the C library.</summary>
internal static class PosixError
{
    /// <summary>The error of the last call. The HResult is the errno value.</summary>
    public static IOException Last()
    {
        return Of(Marshal.GetLastPInvokeError());
    }

    /// <summary>The error with an errno value.</summary>
    public static IOException Of(int error) => new(Marshal.GetPInvokeErrorMessage(error), error);
}
