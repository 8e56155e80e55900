using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Fptrace.Linux.Processes;

/// <summary>What the native executable has linked in (linked.c). On an installed runtime it is the machine's.</summary>
internal static partial class LinkedCode
{
    /// <summary>The version of glibc, such as <c>2.36</c>; null where the C library is the machine's.</summary>
    public static string? LibcVersion() =>
        RuntimeFeature.IsDynamicCodeSupported ? null : Marshal.PtrToStringUTF8(fptrace_linked_libc());

    /// <summary>The version of OpenSSL, such as <c>3.0.17</c>; null where it is the machine's.</summary>
    public static string? OpenSslVersion() =>
        RuntimeFeature.IsDynamicCodeSupported ? null : Marshal.PtrToStringUTF8(fptrace_linked_openssl());

    /// <summary>The address of the C library's getpid.</summary>
    public static nint Getpid() => RuntimeFeature.IsDynamicCodeSupported
        ? NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), "getpid")
        : fptrace_linked_getpid();

    [LibraryImport("fptrace_linked")]
    private static partial nint fptrace_linked_libc();

    [LibraryImport("fptrace_linked")]
    private static partial nint fptrace_linked_openssl();

    [LibraryImport("fptrace_linked")]
    private static partial nint fptrace_linked_getpid();
}
