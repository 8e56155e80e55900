using System.Text;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Posix;

namespace Fptrace.Caching.Store;

/// <summary>Makes and opens the directory: whether it is one of this version, and whether others may write to
/// it.</summary>
internal sealed partial class StoreDirectory
{
    private const string Any = "fptrace-cache ";
    private const string Former = Any + "1\n";
    private const string Layout = Any + "2\n";
    private const string Version = "v2";
    private const string Tag =
        "Signature: 8a477f597d28d172789f06886806bc55\n# A cache of fptrace; see https://bford.info/cachedir/\n";
    private const uint OthersMayWrite = 0x12; // 0022

    /// <param name="path">Absolute, or relative to the working directory of the process.</param>
    /// <param name="ifMissing">What to do where it does not exist.</param>
    /// <returns>Null if it does not exist and was not to be made.</returns>
    /// <exception cref="CacheException">It cannot be made or opened, is something else, or others may write to
    /// it.</exception>
    public static StoreDirectory? Open(string path, IfMissing ifMissing)
    {
        byte[] name = FilesAt.Name(Encoding.UTF8.GetBytes(path));
        int descriptor = FilesAt.OpenDirectory(FilesAt.WorkingDirectory, name, FinalLink.Follow);
        if (descriptor == -FilesAt.NotFound)
        {
            if (ifMissing == IfMissing.Fail)
            {
                return null;
            }

            Make(path);
            descriptor = FilesAt.OpenDirectory(FilesAt.WorkingDirectory, name, FinalLink.Follow);
        }

        using var top = new StoreDirectory(path, Trusted(path, descriptor, FilesAt.WorkingDirectory, name));
        byte[] version = Name(Version);
        int inner = FilesAt.OpenDirectory(top.Descriptor, version, FinalLink.Keep);
        string? notice = null;
        if (inner == -FilesAt.NotFound)
        {
            if (!top.CheckTop(ifMissing))
            {
                return null;
            }

            int result = FilesAt.MakeDirectory(top.Descriptor, version, Private);
            if (result is not (0 or -FilesAt.Exists))
            {
                throw Unusable(path, result);
            }

            notice = result == 0 && FileLook.At(top.Descriptor, Name("ac"), FinalLink.Keep).Exists
                ? $"cache {path}: the results in it are of another version and are not used; this one keeps its own "
                    + $"in {Version}. Remove {path}/ac and {path}/cas when that version is used no more"
                : null;
            inner = FilesAt.OpenDirectory(top.Descriptor, version, FinalLink.Keep);
        }

        var directory = new StoreDirectory(path,
            Trusted($"{System.IO.Path.TrimEndingDirectorySeparator(path)}/{Version}", inner, top.Descriptor,
            version)) { Notice = notice };
        try
        {
            return directory.CheckLayout(ifMissing) ? directory : null;
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    private static void Make(string path)
    {
        try
        {
            if (System.IO.Path.GetDirectoryName(System.IO.Path.TrimEndingDirectorySeparator(path))
                is { Length: > 0 } parent)
            {
                Directory.CreateDirectory(parent);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // The last part fails too, and the kernel says why.
        }

        int result = FilesAt.MakeDirectory(FilesAt.WorkingDirectory, Name(path), Private);
        if (result is not (0 or -FilesAt.Exists))
        {
            throw new CacheException(
                $"cache {path} cannot be made: {FilesAt.Describe(result)}; name another directory with --cache=DIR");
        }
    }

    /// <summary>Whoever can write here decides what later runs put in place: that must be nobody but this user, or
    /// root.</summary>
    /// <param name="path">For messages.</param>
    /// <param name="descriptor">Of the open directory, or −errno.</param>
    /// <param name="parent">Where it stands.</param>
    /// <param name="name">By which name.</param>
    /// <returns>The descriptor.</returns>
    /// <exception cref="CacheException">It is not to be trusted, or could not be opened.</exception>
    private static int Trusted(string path, int descriptor, int parent, byte[] name)
    {
        if (descriptor < 0)
        {
            FileLook closed = FileLook.At(parent, name, FinalLink.Follow);
            throw descriptor == -FilesAt.Denied && closed.Exists && closed.User != FilesAt.EffectiveUser
                ? new CacheException(
                    $"cache {path} belongs to {UserName(closed.User)} and cannot be opened; chown -R it to yourself, "
                        + "or name a directory of your own with --cache=DIR")
                : Unusable(path, descriptor);
        }

        FileLook stat = FileLook.Of(descriptor);
        string? fault = !stat.Exists ? FilesAt.Describe(stat.Error)
            : stat.User != FilesAt.EffectiveUser && stat.User != 0
                ? $"belongs to {UserName(stat.User)}, who decides what is in it; name a directory of your own with "
                    + "--cache=DIR"
            : (stat.Mode & OthersMayWrite) != 0
                ? $"can be written to by others (mode {Convert.ToString(stat.Mode, 8)}); chmod go-w it, or name "
                    + "another directory with --cache=DIR"
            : null;
        if (fault is null)
        {
            return descriptor;
        }

        FilesAt.Close(descriptor);
        throw new CacheException($"cache {path} {fault}");
    }

    private static string UserName(uint user) => user == 0 ? "root" : $"user {user}";

    private static CacheException Unusable(string path, int error) =>
        new($"cache {path} cannot be used: {FilesAt.Describe(error)}; name another directory with --cache=DIR");

    /// <summary>Whether stores of fptrace may be made in this directory, which holds none of this version.</summary>
    /// <returns>False if there is none and none was to be made.</returns>
    private bool CheckTop(IfMissing ifMissing)
    {
        byte[]? mark = StoreFile.Read(Descriptor, Name(Mark), 64);

        // Read once more: somebody who made it meanwhile has put the mark before the rest.
        if (mark is null && List(".").Any(name => name is not ("tmp" or "CACHEDIR.TAG"))
            && (mark = StoreFile.Read(Descriptor, Name(Mark), 64)) is null)
        {
            throw new CacheException(
                $"cache {Path} holds other files and is no cache of fptrace; name an empty or a new directory with "
                    + "--cache=DIR");
        }

        if (mark is not null && !mark.AsSpan().StartsWith(Encoding.UTF8.GetBytes(Any)))
        {
            throw new CacheException(
                $"cache {Path} is damaged: its {Mark} is not what it should be; remove it, or name another directory "
                    + "with --cache=DIR");
        }

        if (mark is null && ifMissing == IfMissing.Create)
        {
            // All that the first version looks for; it refuses a directory that holds other files and no mark.
            _ = FilesAt.MakeDirectory(Descriptor, Name("tmp"), Private);
            WriteFile("CACHEDIR.TAG", Tag);
            WriteFile(Mark, Former);
        }

        return ifMissing == IfMissing.Create;
    }

    /// <returns>False if it is empty and was not to be made.</returns>
    private bool CheckLayout(IfMissing ifMissing)
    {
        if (StoreFile.Read(Descriptor, Name(Mark), 64) is { } mark)
        {
            return Encoding.UTF8.GetString(mark) == Layout
                ? true
                : throw new CacheException(
                    $"cache {Path}/{Version} is damaged: its {Mark} is not what it should be; remove "
                        + $"{Path}/{Version}, or name another directory with --cache=DIR");
        }

        if (ifMissing == IfMissing.Create)
        {
            // The mark comes last: a directory with a mark has all the rest.
            _ = FilesAt.MakeDirectory(Descriptor, Name("tmp"), Private);
            WriteFile(Mark, Layout);
        }

        return ifMissing == IfMissing.Create;
    }
}
