using System.Globalization;
using System.Runtime.InteropServices;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Linux.Machine;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Steps;

/// <summary>
/// A secret of this user that keys the digests of variables. Without it, anybody could guess a token from its digest.
/// </summary>
/// <remarks>
/// The key is in <c>$XDG_STATE_HOME/fptrace</c>, otherwise in <c>~/.local/state/fptrace</c>, where <c>~</c> is the home
/// directory in the password database. HOME will not do: it may change, and then the change itself is the reason to
/// run, and the digests must stay comparable. Find reads a key below HOME first, because the database takes longer than
/// the rest of a small check, but makes none there. If no key can be kept at home, it is in the root, beside the
/// manifests.
/// </remarks>
internal sealed class EnvironmentKey
{
    /// <summary>The name of the file. The number is the version of its format: sixteen bytes.</summary>
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

    /// <summary>Identifies the key without revealing it.</summary>
    public string Id { get; }

    /// <param name="stateHome">XDG_STATE_HOME, or empty. A relative path is ignored.</param>
    /// <param name="home">HOME, or empty. A relative path is ignored.</param>
    /// <param name="root">The step's root.</param>
    /// <returns>A new random key if none can be stored. Then the environments of two runs cannot be compared.</returns>
    public static EnvironmentKey Find(string stateHome, string home, ByteString root)
    {
        Span<byte> key = stackalloc byte[SipHash.Length];
        string? state = stateHome;
        if (!UserDirectories.IsAbsolute(stateHome))
        {
            if (UserDirectories.IsAbsolute(home)
                && TryRead(home + UserDirectories.StateBelowHome + "/fptrace", key, out _))
            {
                return new EnvironmentKey(key);
            }

            state = s_home.Value is { } own && Directory.Exists(own)
                ? own + UserDirectories.StateBelowHome
                : null;
        }

        string inRoot = (root.Length == 1 ? "" : root.ToString()) + "/" + StateDirectory.Name;
        if ((state is null || !TryFind(state + "/fptrace", key)) && !TryFind(inRoot, key))
        {
            Fill(key);
        }

        return new EnvironmentKey(key);
    }

    /// <summary>Reads the key of a directory. If the key is missing, this makes it, and the directory too.</summary>
    internal static bool TryFind(string directory, Span<byte> key) =>
        TryRead(directory, key, out bool isMissing)
            || (isMissing && TryMake(directory) && TryRead(directory, key, out _));

    private static bool TryRead(string directory, Span<byte> key, out bool isMissing)
    {
        int fd = FilesAt.OpenRead(fcntl.AT_FDCWD, PosixPath.Bytes($"{directory}/{Name}"), FinalLink.Keep);
        isMissing = fd == -errno.ENOENT;
        if (fd < 0)
        {
            return false;
        }

        // If others may have read or written the file, the key is no secret.
        FileLook look = FileLook.Of(fd);
        bool isOurs = look.Type == FileType.Regular && look.User == libc.geteuid() && (look.Mode & Others) == 0
            && look.Size == key.Length;
        bool isRead = isOurs && libc.pread(fd, ref MemoryMarshal.GetReference(key), key.Length, 0) == key.Length;
        _ = libc.close(fd);
        return isRead;
    }

    /// <summary>Makes the key file in one step. If two processes do so at once, the first one's file stays.</summary>
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

        _ = FilesAt.Unlink(fcntl.AT_FDCWD, temporary);
        int fd = FilesAt.Open(fcntl.AT_FDCWD, temporary, fcntl.O_WRONLY | fcntl.O_CREAT | fcntl.O_EXCL, OwnerOnly);
        if (fd < 0)
        {
            return false;
        }

        Span<byte> key = stackalloc byte[SipHash.Length];
        Fill(key);
        bool isWritten = libc.write(fd, in MemoryMarshal.GetReference(key), key.Length) == key.Length;
        _ = libc.close(fd);

        // Some file systems have no hard links. There the rename replaces, and the last one's file stays.
        byte[] final = PosixPath.Bytes(path);
        bool isMade = isWritten
            && (FilesAt.Link(fcntl.AT_FDCWD, temporary, fcntl.AT_FDCWD, final) is 0 or -errno.EEXIST
                || FilesAt.Rename(fcntl.AT_FDCWD, temporary, fcntl.AT_FDCWD, final) == 0);
        _ = FilesAt.Unlink(fcntl.AT_FDCWD, temporary);
        return isMade;
    }

    // RandomNumberGenerator would load OpenSSL.
    private static void Fill(Span<byte> key)
    {
        if (libc.getrandom(ref MemoryMarshal.GetReference(key), key.Length, 0) != key.Length)
        {
            throw new InvalidOperationException("the kernel gives no random numbers");
        }
    }
}
