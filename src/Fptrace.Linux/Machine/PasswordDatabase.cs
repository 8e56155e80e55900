using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;

namespace Fptrace.Linux.Machine;

/// <summary>What the password database says of this user, whatever the environment says.</summary>
internal static class PasswordDatabase
{
    private const int MostBytes = 1 << 16;

    /// <summary>The absolute path of the user's home; null if there is none.</summary>
    public static string? Home()
    {
        nint buffer = Marshal.AllocHGlobal(MostBytes);
        try
        {
            passwd user = default;
            int error = libc.getpwuid_r(libc.geteuid(), ref user, buffer, MostBytes, out nint found);
            return error != 0 || found == 0 || user.pw_dir == 0 ? null
                : Marshal.PtrToStringUTF8(user.pw_dir) is { Length: > 1 } home && home[0] == '/' ? home
                : null;
        }
        finally
        {
            Marshal.FreeHGlobal(buffer);
        }
    }
}
