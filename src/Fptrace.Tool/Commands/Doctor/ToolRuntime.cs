using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Fptrace.Linux.Processes;

namespace Fptrace.Commands.Doctor;

/// <summary>What runs this tool's code.</summary>
internal static class ToolRuntime
{
    private static bool IsNative => !RuntimeFeature.IsDynamicCodeSupported;

    /// <summary><c>native static</c>, <c>native</c> or <c>portable</c>.</summary>
    public static string Kind => !IsNative ? "portable" : OwnProcess.IsStatic ? "native static" : "native";

    public static string Describe => Kind switch
    {
        "native static" => "native static: needs no library of the machine",
        "native" => "native: needs the machine's C library",
        _ => "portable: on .NET " + Environment.Version,
    };

    /// <summary>The version of OpenSSL that is linked in; null where the machine's own would be loaded.</summary>
    /// <remarks>To ask loads it, and ends the process where there is none.</remarks>
    public static string? OpenSsl
    {
        get
        {
            if (!OperatingSystem.IsLinux() || !IsNative || !OwnProcess.IsStatic)
            {
                return null;
            }

            // OPENSSL_VERSION_NUMBER: 0xMNN00PP0.
            long number = SafeEvpPKeyHandle.OpenSslVersion;
            return string.Create(CultureInfo.InvariantCulture,
                $"{number >> 28}.{(number >> 20) & 0xff}.{(number >> 4) & 0xff}");
        }
    }
}
