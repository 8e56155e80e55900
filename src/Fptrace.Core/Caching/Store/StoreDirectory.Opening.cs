using System.Text;
using Fptrace.Linux.FileSystem;
using Fptrace.Posix;

namespace Fptrace.Caching.Store;

/// <summary>Creates and opens the directory. Checks its version, and that nobody else may write to it.</summary>
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
    /// <param name="ifMissing">What to do when it does not exist.</param>
    /// <returns>Null if it does not exist and was not to be created.</returns>
    /// <exception cref="CacheException">It cannot be created or opened, is no store, or others may write to
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
            // Making the last directory then fails too, and its error goes into the message.
        }

        int result = FilesAt.MakeDirectory(FilesAt.WorkingDirectory, Name(path), Private);
        if (result is not (0 or -FilesAt.Exists))
        {
            throw new CacheException(
                $"cache {path} cannot be made: {FilesAt.Describe(result)}; name another directory with --cache=DIR");
        }
    }

    /// <summary>Checks that a directory belongs to this user or root, and that nobody else may write to it.</summary>
    /// <remarks>Whoever can write to the store decides what later runs put into the tree.</remarks>
    /// <param name="path">For messages.</param>
    /// <param name="descriptor">The descriptor of the open directory, or −errno.</param>
    /// <param name="parent">The descriptor of the directory that contains it.</param>
    /// <param name="name">Its name in <paramref name="parent"/>.</param>
    /// <returns>The descriptor.</returns>
    /// <exception cref="CacheException">The directory is not to be trusted, or could not be opened.</exception>
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

    /// <summary>Checks that a directory without a store of this version may receive one.</summary>
    /// <returns>False if the store is not to be created.</returns>
    private bool CheckTop(IfMissing ifMissing)
    {
        byte[]? mark = StoreFile.Read(Descriptor, Name(Mark), 64);

        // Another process may have set up the directory since the first read. It writes the mark before it creates the
        // version directory, so a second read finds the mark.
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
            // Create what version 1 looks for, so that it can use this directory too. It refuses a directory that
            // contains other files and no mark.
            _ = FilesAt.MakeDirectory(Descriptor, Name("tmp"), Private);
            WriteFile("CACHEDIR.TAG", Tag);
            WriteFile(Mark, Former);
        }

        return ifMissing == IfMissing.Create;
    }

    /// <returns>False if the directory has no mark, and the store is not to be created.</returns>
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
            // Write the mark last: a directory with a mark then has everything else.
            _ = FilesAt.MakeDirectory(Descriptor, Name("tmp"), Private);
            WriteFile(Mark, Layout);
        }

        return ifMissing == IfMissing.Create;
    }
}
