using System.Globalization;
using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Linux.Machine;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Steps;

/// <summary>A secret of this user, with which the values of variables are digested: a plain digest of a token can be
/// guessed.</summary>
/// <remarks>
/// It stands in <c>$XDG_STATE_HOME/fptrace</c>, otherwise in <c>~/.local/state/fptrace</c>, where <c>~</c> is what the
/// password database says: HOME may be another in the next run, and then that is the reason. HOME is looked at first,
/// for the database takes longer than the rest of a small check, but no key is made there. Where nothing can be kept at
/// home it stands beside the manifests, in the root.
/// </remarks>
internal sealed class EnvironmentKey
{
    /// <summary>The file. The number is that of the format: sixteen bytes.</summary>
    public const string Name = "environment-key-1";

    private const uint OwnerOnly = 0x180; // 0600
    private const uint Others = 0x3f; // 0077
    private static readonly Lazy<string?> s_home = new(PasswordDatabase.Home);
    private static int s_temporaries;

    private EnvironmentKey(ReadOnlySpan<byte> key)
    {
        Hash = new SipHash(key);
        Id = Hash.Digest("the key itself"u8)[..16];
    }

    public SipHash Hash { get; }

    /// <summary>Tells keys apart, and nothing else of them.</summary>
    public string Id { get; }

    /// <param name="stateHome">XDG_STATE_HOME, or empty; what is not absolute is ignored.</param>
    /// <param name="home">HOME, or empty; what is not absolute is ignored.</param>
    /// <param name="root">Of the step.</param>
    /// <returns>One that nobody else has, where none can be kept: then no run is like another.</returns>
    public static EnvironmentKey Find(string stateHome, string home, ByteString root)
    {
        Span<byte> key = stackalloc byte[SipHash.Length];
        string? state = stateHome;
        if (!IsAbsolute(stateHome))
        {
            if (IsAbsolute(home) && TryRead(home + "/.local/state/fptrace", key, out _))
            {
                return new EnvironmentKey(key);
            }

            state = s_home.Value is { } own && Directory.Exists(own) ? own + "/.local/state" : null;
        }

        string inRoot = (root.Length == 1 ? "" : root.ToString()) + "/" + StateDirectory.Name;
        if ((state is null || !TryFind(state + "/fptrace", key)) && !TryFind(inRoot, key))
        {
            Fill(key);
        }

        return new EnvironmentKey(key);
    }

    private static bool IsAbsolute(string path) => path.Length > 0 && path[0] == '/';

    /// <summary>Of a directory, which is made if it does not exist, as the key is.</summary>
    internal static bool TryFind(string directory, Span<byte> key) =>
        TryRead(directory, key, out bool isMissing)
            || (isMissing && TryMake(directory) && TryRead(directory, key, out _));

    private static bool TryRead(string directory, Span<byte> key, out bool isMissing)
    {
        int fd = libc.openat(fcntl.AT_FDCWD, in PosixPath.Bytes($"{directory}/{Name}")[0],
            fcntl.O_RDONLY | fcntl.O_NOFOLLOW | fcntl.O_NONBLOCK | fcntl.O_CLOEXEC, 0);
        isMissing = fd < 0 && Marshal.GetLastPInvokeError() == errno.ENOENT;
        if (fd < 0)
        {
            return false;
        }

        // What somebody else may have read, or put there, keeps nothing secret.
        FileLook look = FileLook.Of(fd);
        bool isOurs = look.Type == FileType.Regular && look.User == libc.geteuid() && (look.Mode & Others) == 0
            && look.Size == key.Length;
        bool isRead = isOurs && libc.pread(fd, ref MemoryMarshal.GetReference(key), key.Length, 0) == key.Length;
        _ = libc.close(fd);
        return isRead;
    }

    /// <summary>It appears whole, and of two processes that make it at once the first one's stays.</summary>
    private static bool TryMake(string directory)
    {
        string path = $"{directory}/{Name}";
        byte[] temporary = PosixPath.Bytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{directory}/.{Name}.{Environment.ProcessId}-"
                + $"{Interlocked.Increment(ref s_temporaries)}{IgnoredPaths.TemporaryEnding}"));
        try
        {
            StateDirectory.MakeFor(path);
        }
        catch (IOException)
        {
            return false;
        }

        _ = libc.unlinkat(fcntl.AT_FDCWD, in temporary[0], 0);
        int fd = libc.openat(fcntl.AT_FDCWD, in temporary[0],
            fcntl.O_WRONLY | fcntl.O_CREAT | fcntl.O_EXCL | fcntl.O_CLOEXEC, OwnerOnly);
        if (fd < 0)
        {
            return false;
        }

        Span<byte> key = stackalloc byte[SipHash.Length];
        Fill(key);
        bool isWritten = libc.write(fd, in MemoryMarshal.GetReference(key), key.Length) == key.Length;
        _ = libc.close(fd);

        // Some file systems have no second names; there the last one's stays.
        byte[] final = PosixPath.Bytes(path);
        bool isMade = isWritten
            && (libc.linkat(fcntl.AT_FDCWD, in temporary[0], fcntl.AT_FDCWD, in final[0], 0) == 0
                || Marshal.GetLastPInvokeError() == errno.EEXIST
                || libc.renameat(fcntl.AT_FDCWD, in temporary[0], fcntl.AT_FDCWD, in final[0]) == 0);
        _ = libc.unlinkat(fcntl.AT_FDCWD, in temporary[0], 0);
        return isMade;
    }

    // .NET's own random numbers load OpenSSL.
    private static void Fill(Span<byte> key)
    {
        if (libc.getrandom(ref MemoryMarshal.GetReference(key), key.Length, 0) != key.Length)
        {
            throw new InvalidOperationException("the kernel gives no random numbers");
        }
    }
}
