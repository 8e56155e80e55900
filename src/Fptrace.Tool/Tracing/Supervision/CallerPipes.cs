using System.Text;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;

namespace Fptrace.Tracing.Supervision;

/// <summary>
/// The pipes and sockets that the tracer has inherited from whoever started it, so that it can let go.
/// </summary>
/// <remarks>
/// See <see cref="RelayedStreams"/>. The links in /proc name them, which asks no file system. The runtime and the
/// outputs may have copies.
/// </remarks>
internal sealed class CallerPipes
{
    private readonly int[] _relays;
    private readonly string?[] _standard = [NameOf(0), NameOf(1), NameOf(2)];
    private readonly HashSet<string> _inherited = [];

    /// <param name="output">The pipe that the proxy copies to stdout; −1: it copies none.</param>
    /// <param name="error">The same for stderr.</param>
    public CallerPipes(int output, int error)
    {
        _relays = [-1, output, error];
        foreach (int fd in Numbers())
        {
            if (fd != output && fd != error && DescriptorFlags.OfNumber(fd) == 0 && NameOf(fd) is { } name)
            {
                _inherited.Add(name);
            }
        }

        foreach (int fd in (int[])[output, error])
        {
            if (fd >= 0)
            {
                DescriptorFlags.CloseOnExec(fd);
            }
        }
    }

    /// <summary>Whether the command writes to pipes of this process in place of the caller's.</summary>
    public bool AreOutputsOurs { get; private set; }

    /// <summary>The kernel's name for a pipe or a socket of this process; null when it is something else.</summary>
    public static string? NameOf(int fd)
    {
        Span<byte> link = stackalloc byte[64];
        int length = Files.ReadLink(ProcPath.Of(Environment.ProcessId, "fd"u8, fd), link);
        ReadOnlySpan<byte> name = link[..Math.Max(length, 0)];
        return name.StartsWith("pipe:["u8) || name.StartsWith("socket:["u8) ? Encoding.ASCII.GetString(name) : null;
    }

    /// <summary>Puts the relays in the place of stdout and stderr.</summary>
    public void LetGoOfOutput()
    {
        AreOutputsOurs = true;
        Replace(name => name == _standard[1] || name == _standard[2]);
    }

    /// <summary>The same, and nothing in the place of standard input.</summary>
    public void LetGoOfStreams() => Replace(name => Array.IndexOf(_standard, name) >= 0);

    /// <summary>Lets go of all of them, and of the relays.</summary>
    public void LetGo()
    {
        for (int i = 1; i <= 2; i++)
        {
            if (_relays[i] >= 0)
            {
                _inherited.Add(NameOf(_relays[i]) ?? "");
                _relays[i] = -1;
            }
        }

        Replace(_inherited.Contains);
    }

    private void Replace(Predicate<string> isWanted)
    {
        int nothing = Files.Open(fcntl.AT_FDCWD, "/dev/null\0"u8, fcntl.O_RDWR);
        foreach (int fd in Numbers())
        {
            if (Array.IndexOf(_relays, fd) < 0 && NameOf(fd) is { } name && isWanted(name))
            {
                int flags = DescriptorFlags.OfNumber(fd);
                int stream = Math.Max(Array.IndexOf(_standard, name), 0);
                Pipes.Replace(_relays[stream] >= 0 ? _relays[stream] : nothing, fd);
                if (flags != 0)
                {
                    DescriptorFlags.CloseOnExec(fd);
                }
            }
        }

        Files.Close(nothing);
    }

    private static List<int> Numbers()
    {
        var numbers = new List<int>();
        DirectoryNumbers.Read("/proc/self/fd\0"u8, numbers);
        return numbers;
    }
}
