using System.Buffers.Text;
using System.Text;

namespace Fptrace.Tracing.Names;

/// <summary>Takes paths in /proc apart.</summary>
internal static class ProcNames
{
    /// <summary>
    /// Whether a path goes through a link of /proc that leads us elsewhere than the tracee: cwd, root, fd/N.
    /// </summary>
    /// <remarks>We must not follow such a link ourselves, not even to find out what ".." means behind it.</remarks>
    public static bool LeadsThroughLink(ReadOnlySpan<byte> path)
    {
        if (path.StartsWith("/dev/fd/"u8))
        {
            path = path["/dev/"u8.Length..];
        }
        else if (path.StartsWith("/proc/"u8) && !path.StartsWith("/proc/."u8))
        {
            path = path["/proc/"u8.Length..];
            path = path[(path.IndexOf((byte)'/') + 1)..];
            path = TryThread(path, out _, out ReadOnlySpan<byte> ofThread) ? ofThread : path;
        }
        else
        {
            return false;
        }

        return path.StartsWith("cwd/"u8)
            || path.StartsWith("root/"u8)
            || (path.StartsWith("fd/"u8) && path.Length > 3 && char.IsAsciiDigit((char)path[3]));
    }

    /// <summary>Takes /proc/PID/REST apart.</summary>
    public static bool TryProcess(ReadOnlySpan<byte> path, out int pid, out ReadOnlySpan<byte> rest)
    {
        pid = 0;
        rest = default;
        return path.StartsWith("/proc/"u8) && TryNumber(path["/proc/"u8.Length..], out pid, out rest);
    }

    /// <summary>Takes task/TID/REST apart, which is in the directory of a process.</summary>
    public static bool TryThread(ReadOnlySpan<byte> path, out int tid, out ReadOnlySpan<byte> rest)
    {
        tid = 0;
        rest = default;
        return path.StartsWith("task/"u8) && TryNumber(path["task/"u8.Length..], out tid, out rest);
    }

    /// <summary>Makes /proc/PID, or /proc/PID/REST.</summary>
    public static byte[] Combine(int pid, ReadOnlySpan<byte> rest) =>
        [.. Encoding.UTF8.GetBytes(rest.IsEmpty ? $"/proc/{pid}" : $"/proc/{pid}/"), .. rest];

    private static bool TryNumber(ReadOnlySpan<byte> text, out int number, out ReadOnlySpan<byte> rest)
    {
        rest = default;
        if (!Utf8Parser.TryParse(text, out number, out int digits) || digits == text.Length || text[digits] != '/')
        {
            return false;
        }

        rest = text[(digits + 1)..];
        return true;
    }
}
