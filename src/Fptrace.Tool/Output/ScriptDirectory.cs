namespace Fptrace.Output;

/// <summary>Empties the directory of the launcher scripts (<c>-rm</c>).</summary>
internal static class ScriptDirectory
{
    /// <summary>Removes everything in a directory, without following links; not the directory itself.</summary>
    /// <param name="directory">Absolute. It need not exist.</param>
    /// <exception cref="FptraceException">The home directory is in it, or something could not be removed.</exception>
    public static void Empty(string directory)
    {
        string real = RealPath.Of(directory);
        if (Homes().Any(home => Contains(real, home)))
        {
            throw new FptraceException(
                ExitCodes.Usage, $"-rm would empty {directory}, in which the home directory is; name a directory for scripts alone");
        }

        if (!Directory.Exists(real))
        {
            return;
        }

        foreach (FileSystemInfo entry in new DirectoryInfo(real).GetFileSystemInfos())
        {
            // A link to a directory is a DirectoryInfo too, and is unlinked like a file.
            if (entry is DirectoryInfo && entry.LinkTarget is null)
            {
                Directory.Delete(entry.FullName, recursive: true);
            }
            else
            {
                File.Delete(entry.FullName);
            }
        }

        // A name that is not valid UTF-8 cannot be given to the runtime, which takes it for a file that is gone already.
        if (Directory.EnumerateFileSystemEntries(real).Any())
        {
            throw WriteFailure.Of(directory, "some names in it could not be removed", "remove them by hand");
        }
    }

    /// <remarks>/ contains every home directory, and is refused even if there is none.</remarks>
    private static IEnumerable<string> Homes()
    {
        yield return "/";
        foreach (string home in new[]
        {
            Environment.GetEnvironmentVariable("HOME") ?? "",
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify),
        })
        {
            if (Path.IsPathFullyQualified(home))
            {
                yield return RealPath.Of(home);
            }
        }
    }

    /// <summary>Whether <paramref name="path"/> is <paramref name="directory"/> or lies in it.</summary>
    internal static bool Contains(string directory, string path) =>
        path == directory || path.StartsWith(directory == "/" ? "/" : directory + "/", StringComparison.Ordinal);
}
