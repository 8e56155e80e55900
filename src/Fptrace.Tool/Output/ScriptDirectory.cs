using System.Text;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Model;

namespace Fptrace.Output;

/// <summary>Checks the directory of the launcher scripts, and empties it for <c>-rm</c>.</summary>
internal static class ScriptDirectory
{
    private const int S_IFMT = 0xf000;
    private const int S_IFDIR = 0x4000;

    /// <summary>
    /// Checks that scripts can be written. Creates nothing: the directory, and those above it, may be missing.
    /// </summary>
    /// <param name="directory">Absolute.</param>
    /// <exception cref="OutputError">No scripts can be written there.</exception>
    public static void Check(ReadOnlySpan<byte> directory)
    {
        byte[] place = OutputPath.Terminated(directory);
        int result = OwnFiles.Stat(place, FinalLink.Follow, out statx found);
        if (result == -errno.ENOENT && directory.Length > 1)
        {
            // mkdir(2) fails at a dangling symbolic link.
            OutputError.Check(OwnFiles.Stat(place, FinalLink.Keep, out _) == 0 ? -errno.EEXIST : 0);
            Check(OutputPath.Parent(directory));
            return;
        }

        OutputError.Check(result);
        OutputError.Check((found.stx_mode & S_IFMT) == S_IFDIR ? OwnFiles.CanMakeNames(place) : -errno.ENOTDIR);
    }

    /// <summary>Removes everything in a directory, but not the directory itself. Does not follow links.</summary>
    /// <param name="name">The name that the user gave.</param>
    /// <param name="directory">Absolute. It need not exist.</param>
    /// <exception cref="FptraceException">The directory contains the home directory.</exception>
    /// <exception cref="OutputError">Something could not be removed.</exception>
    public static void Empty(string name, ReadOnlySpan<byte> directory)
    {
        byte[] real = RealPath.Of(directory);
        if (Homes().Any(home => Contains(real, home)))
        {
            throw new FptraceException(
                ExitCodes.Usage,
                $"-rm would empty {name}, in which the home directory is; name a directory for scripts alone");
        }

        int result = DirectoryContents.Remove(OutputPath.Terminated(real));
        if (result is not (0 or -errno.ENOENT or -errno.ENOTDIR))
        {
            throw WriteFailure.Of(name, "something in it could not be removed", "remove it by hand");
        }
    }

    /// <summary>The directories that must not be emptied.</summary>
    /// <remarks>/ contains every home directory, and is refused even if there is none.</remarks>
    private static IEnumerable<byte[]> Homes()
    {
        yield return "/"u8.ToArray();
        foreach (string home in new[]
        {
            Environment.GetEnvironmentVariable("HOME") ?? "",
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile,
                Environment.SpecialFolderOption.DoNotVerify),
        })
        {
            if (home.StartsWith('/'))
            {
                yield return RealPath.Of(Encoding.UTF8.GetBytes(home));
            }
        }
    }

    /// <summary>Whether <paramref name="path"/> is <paramref name="directory"/> or lies in it.</summary>
    internal static bool Contains(ReadOnlySpan<byte> directory, ReadOnlySpan<byte> path) =>
        PathNesting.IsAtOrBelow(path, directory is [(byte)'/'] ? [] : directory);
}
