using System.Globalization;
using System.Text;
using Fptrace.Manifests;
using Fptrace.Model;

namespace Fptrace.Caching;

/// <summary>The directory of a store: made, recognised, and trusted or not. Everything in it is reached through its descriptor.</summary>
/// <remarks>
/// <code>
/// fptrace-cache      says that the directory is for stores of fptrace; one that holds files and lacks it is never written to or cleared
/// v2/fptrace-cache   the version of this store's layout; what other versions keep stands beside v2, and is theirs
/// v2/cas/ab/abcd...  blobs          v2/ac/ab/abcd...  entries          v2/tmp/  files that are being written
/// v2/lock            shared by whoever reads or stores, alone by whoever collects garbage
/// v2/usage           counters, changed under the lock usage.lock
/// </code>
/// The first version knew no directories of versions and kept all of this at the top, where a new directory gets what it looks for: both versions work in one.
/// Nothing is synced to disk: an entry carries its checksum and a blob its name, so what a power failure leaves half-written is
/// a miss. A rename puts every file in place whole, so a killed process leaves nothing but files in tmp/.
/// </remarks>
internal sealed class StoreDirectory : IDisposable
{
    private const string Mark = "fptrace-cache";
    private const string Any = "fptrace-cache ";
    private const string Former = Any + "1\n";
    private const string Layout = Any + "2\n";
    private const string Version = "v2";
    private const string Tag = "Signature: 8a477f597d28d172789f06886806bc55\n# A cache of fptrace; see https://bford.info/cachedir/\n";
    private const uint Private = 0x1c0; // 0700
    private const uint OthersMayWrite = 0x12; // 0022
    private static int _temporaries;

    private StoreDirectory(string path, int descriptor)
    {
        Path = path;
        Descriptor = descriptor;
    }

    /// <summary>As the user gave it, for messages.</summary>
    public string Path { get; }

    public int Descriptor { get; }

    /// <summary>What the user should know, once: another version has filled this directory, and this one begins beside it. Null: nothing.</summary>
    public string? Notice { get; private init; }

    /// <param name="path">Absolute, or relative to the working directory of the process.</param>
    /// <param name="create">Make it if it does not exist.</param>
    /// <returns>Null if it does not exist and was not to be made.</returns>
    /// <exception cref="CacheException">It cannot be made or opened, is something else, or others may write to it.</exception>
    public static StoreDirectory? Open(string path, bool create)
    {
        byte[] name = Posix.Name(Encoding.UTF8.GetBytes(path));
        int descriptor = Posix.OpenDirectory(Posix.WorkingDirectory, name, follow: true);
        if (descriptor == -Posix.NotFound)
        {
            if (!create)
            {
                return null;
            }

            Make(path);
            descriptor = Posix.OpenDirectory(Posix.WorkingDirectory, name, follow: true);
        }

        using var top = new StoreDirectory(path, Trusted(path, descriptor, Posix.WorkingDirectory, name));
        byte[] version = Name(Version);
        int inner = Posix.OpenDirectory(top.Descriptor, version, follow: false);
        string? notice = null;
        if (inner == -Posix.NotFound)
        {
            if (!top.CheckTop(create))
            {
                return null;
            }

            int result = Posix.MakeDirectory(top.Descriptor, version, Private);
            if (result is not (0 or -Posix.Exists))
            {
                throw Unusable(path, result);
            }

            notice = result == 0 && FileLook.At(top.Descriptor, Name("ac"), follow: false).Exists
                ? $"cache {path}: the results in it are of another version and are not used; this one keeps its own in {Version}. Remove {path}/ac and {path}/cas when that version is used no more"
                : null;
            inner = Posix.OpenDirectory(top.Descriptor, version, follow: false);
        }

        var directory = new StoreDirectory(path, Trusted($"{System.IO.Path.TrimEndingDirectorySeparator(path)}/{Version}", inner, top.Descriptor, version)) { Notice = notice };
        try
        {
            return directory.CheckLayout(create) ? directory : null;
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary><c>cas/ab/abcd...</c>, with a NUL.</summary>
    public static byte[] NameOf(CacheSpace space, ContentDigest key)
    {
        string digest = key.ToString();
        return Name($"{FolderOf(space)}/{digest.AsSpan(0, 2)}/{digest}");
    }

    public static string FolderOf(CacheSpace space) => space == CacheSpace.Content ? "cas" : "ac";

    public static byte[] Name(string name) => Posix.Name(Encoding.UTF8.GetBytes(name));

    /// <summary>A name in tmp/ that no other process and no other thread uses, with a NUL.</summary>
    public static byte[] NewTemporary() => Name(string.Create(
        CultureInfo.InvariantCulture,
        $"tmp/{Environment.ProcessId}.{Interlocked.Increment(ref _temporaries)}.{Random.Shared.NextInt64():x}"));

    /// <summary>Puts a temporary in its place, making the folder if it is the first in it. On failure the temporary is gone.</summary>
    /// <returns>0 or −errno.</returns>
    public int Publish(byte[] temporary, CacheSpace space, ContentDigest key)
    {
        byte[] name = NameOf(space, key);
        int result = Posix.Rename(Descriptor, temporary, Descriptor, name);
        if (result == -Posix.NotFound)
        {
            string digest = key.ToString();
            _ = Posix.MakeDirectory(Descriptor, Name(FolderOf(space)), Private);
            _ = Posix.MakeDirectory(Descriptor, Name($"{FolderOf(space)}/{digest.AsSpan(0, 2)}"), Private);
            result = Posix.Rename(Descriptor, temporary, Descriptor, name);
        }

        if (result < 0)
        {
            _ = Posix.Unlink(Descriptor, temporary);
        }

        return result;
    }

    /// <summary>Names in a folder of the store, sorted.</summary>
    public IReadOnlyList<string> List(string folder)
    {
        int descriptor = Posix.OpenDirectory(Descriptor, Name(folder), follow: false);
        if (descriptor < 0)
        {
            return [];
        }

        IReadOnlyList<string> names = [.. Posix.List(descriptor).Select(name => name.ToString())];
        Posix.Close(descriptor);
        return names;
    }

    /// <summary>The lock under which the store is used.</summary>
    /// <returns>Null when it could not be had in time. In a store that cannot be written to, nobody removes anything, and one that is shared is free for all.</returns>
    public StoreLock? Lock(string name, bool exclusive, TimeSpan patience, CancellationToken cancellation)
    {
        byte[] file = Name(name);
        int descriptor = Posix.OpenRead(Descriptor, file);
        if (descriptor == -Posix.NotFound)
        {
            int made = Posix.Create(Descriptor, file, 0x180);
            Posix.Close(made);
            descriptor = made is -Posix.ReadOnly or -Posix.Denied && !exclusive ? Posix.OpenDirectory(Descriptor, Name("."), follow: false) : Posix.OpenRead(Descriptor, file);
        }

        return descriptor < 0 ? null : StoreLock.Take(descriptor, exclusive, patience, cancellation);
    }

    public void Dispose() => Posix.Close(Descriptor);

    private static void Make(string path)
    {
        try
        {
            if (System.IO.Path.GetDirectoryName(System.IO.Path.TrimEndingDirectorySeparator(path)) is { Length: > 0 } parent)
            {
                Directory.CreateDirectory(parent);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // The last part fails too, and the kernel says why.
        }

        int result = Posix.MakeDirectory(Posix.WorkingDirectory, Name(path), Private);
        if (result is not (0 or -Posix.Exists))
        {
            throw new CacheException($"cache {path} cannot be made: {Posix.Describe(result)}; name another directory with --cache=DIR");
        }
    }

    /// <summary>Whoever can write here decides what later runs put in place: that must be nobody but this user, or root.</summary>
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
            FileLook closed = FileLook.At(parent, name, follow: true);
            throw descriptor == -Posix.Denied && closed.Exists && closed.User != Posix.EffectiveUser
                ? new CacheException($"cache {path} belongs to {UserName(closed.User)} and cannot be opened; chown -R it to yourself, or name a directory of your own with --cache=DIR")
                : Unusable(path, descriptor);
        }

        FileLook stat = FileLook.Of(descriptor);
        string? fault = !stat.Exists ? Posix.Describe(stat.Error)
            : stat.User != Posix.EffectiveUser && stat.User != 0 ? $"belongs to {UserName(stat.User)}, who decides what is in it; name a directory of your own with --cache=DIR"
            : (stat.Mode & OthersMayWrite) != 0 ? $"can be written to by others (mode {Convert.ToString(stat.Mode, 8)}); chmod go-w it, or name another directory with --cache=DIR"
            : null;
        if (fault is null)
        {
            return descriptor;
        }

        Posix.Close(descriptor);
        throw new CacheException($"cache {path} {fault}");
    }

    private static string UserName(uint user) => user == 0 ? "root" : $"user {user}";

    private static CacheException Unusable(string path, int error) =>
        new($"cache {path} cannot be used: {Posix.Describe(error)}; name another directory with --cache=DIR");

    /// <summary>Whether stores of fptrace may be made in this directory, which holds none of this version.</summary>
    /// <returns>False if there is none and none was to be made.</returns>
    private bool CheckTop(bool create)
    {
        byte[]? mark = StoreFile.Read(Descriptor, Name(Mark), 64);

        // Read once more: somebody who made it meanwhile has put the mark before the rest.
        if (mark is null && List(".").Any(name => name is not ("tmp" or "CACHEDIR.TAG")) && (mark = StoreFile.Read(Descriptor, Name(Mark), 64)) is null)
        {
            throw new CacheException($"cache {Path} holds other files and is no cache of fptrace; name an empty or a new directory with --cache=DIR");
        }

        if (mark is not null && !mark.AsSpan().StartsWith(Encoding.UTF8.GetBytes(Any)))
        {
            throw new CacheException($"cache {Path} is damaged: its {Mark} is not what it should be; remove it, or name another directory with --cache=DIR");
        }

        if (mark is null && create)
        {
            // All that the first version looks for; it refuses a directory that holds other files and no mark.
            _ = Posix.MakeDirectory(Descriptor, Name("tmp"), Private);
            WriteFile("CACHEDIR.TAG", Tag);
            WriteFile(Mark, Former);
        }

        return create;
    }

    /// <returns>False if it is empty and was not to be made.</returns>
    private bool CheckLayout(bool create)
    {
        if (StoreFile.Read(Descriptor, Name(Mark), 64) is { } mark)
        {
            return Encoding.UTF8.GetString(mark) == Layout
                ? true
                : throw new CacheException($"cache {Path}/{Version} is damaged: its {Mark} is not what it should be; remove {Path}/{Version}, or name another directory with --cache=DIR");
        }

        if (create)
        {
            // The mark comes last: a directory with a mark has all the rest.
            _ = Posix.MakeDirectory(Descriptor, Name("tmp"), Private);
            WriteFile(Mark, Layout);
        }

        return create;
    }

    /// <summary>Whole or not at all, replacing what is there.</summary>
    public void WriteFile(string name, string text)
    {
        byte[] temporary = NewTemporary();
        int result = StoreFile.Create(Descriptor, temporary, Encoding.UTF8.GetBytes(text), 0x180);
        result = result < 0 ? result : Posix.Rename(Descriptor, temporary, Descriptor, Name(name));
        if (result < 0)
        {
            throw Unusable(Path, result);
        }
    }
}
