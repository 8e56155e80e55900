using System.Globalization;
using System.Text;
using Fptrace.Manifests;
using Fptrace.Model;

namespace Fptrace.Caching;

/// <summary>The directory of a store: made, recognised, and trusted or not. Everything in it is reached through its descriptor.</summary>
/// <remarks>
/// <code>
/// fptrace-cache   the version of the layout; what lacks it is no store, and is never written to or cleared
/// cas/ab/abcd...  blobs          ac/ab/abcd...  entries          tmp/  files that are being written
/// lock            shared by whoever reads or stores, alone by whoever collects garbage
/// usage           counters, changed under the lock usage.lock
/// </code>
/// Nothing is synced to disk: an entry carries its checksum and a blob its name, so what a power failure leaves half-written is
/// a miss. A rename puts every file in place whole, so a killed process leaves nothing but files in tmp/.
/// </remarks>
internal sealed class StoreDirectory : IDisposable
{
    private const string Mark = "fptrace-cache";
    private const string Layout = "fptrace-cache 1\n";
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

        if (descriptor < 0)
        {
            throw new CacheException($"cache {path}: {Posix.Describe(descriptor)}; name another directory with --cache");
        }

        var directory = new StoreDirectory(path, descriptor);
        try
        {
            directory.CheckTrust();
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
    /// <returns>Null when it could not be had in time.</returns>
    public StoreLock? Lock(string name, bool exclusive, TimeSpan patience, CancellationToken cancellation)
    {
        byte[] file = Name(name);
        int descriptor = Posix.OpenRead(Descriptor, file);
        if (descriptor == -Posix.NotFound)
        {
            Posix.Close(Posix.Create(Descriptor, file, 0x180));
            descriptor = Posix.OpenRead(Descriptor, file);
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
            throw new CacheException($"cache {path} cannot be made: {Posix.Describe(result)}; name another directory with --cache");
        }
    }

    /// <summary>Whoever can write here decides what later runs put in place: that must be nobody but this user, or root.</summary>
    private void CheckTrust()
    {
        FileLook stat = FileLook.Of(Descriptor);
        if (!stat.Exists)
        {
            throw new CacheException($"cache {Path}: {Posix.Describe(stat.Error)}; name another directory with --cache");
        }

        if (stat.User != Posix.EffectiveUser && stat.User != 0)
        {
            throw new CacheException($"cache {Path} belongs to user {stat.User}, who decides what is in it; name a directory of your own with --cache");
        }

        if ((stat.Mode & OthersMayWrite) != 0)
        {
            throw new CacheException($"cache {Path} can be written to by others (mode {Convert.ToString(stat.Mode, 8)}); chmod go-w it, or name another directory with --cache");
        }
    }

    /// <returns>False if it is empty and was not to be made.</returns>
    private bool CheckLayout(bool create)
    {
        byte[]? mark = StoreFile.Read(Descriptor, Name(Mark), 64);
        if (mark is null)
        {
            // Read once more: somebody who made it meanwhile has put the mark before the rest.
            if (List(".").Any(name => name is not ("tmp" or "CACHEDIR.TAG")) && (mark = StoreFile.Read(Descriptor, Name(Mark), 64)) is null)
            {
                throw new CacheException($"cache {Path} holds other files and is no cache of fptrace; name an empty or a new directory with --cache");
            }

        }

        if (mark is null)
        {
            if (!create)
            {
                return false;
            }

            // The mark comes last: a directory with a mark has all the rest.
            _ = Posix.MakeDirectory(Descriptor, Name("tmp"), Private);
            WriteFile("CACHEDIR.TAG", Tag);
            WriteFile(Mark, Layout);
            return true;
        }

        return Encoding.UTF8.GetString(mark) == Layout
            ? true
            : throw new CacheException($"cache {Path} was made by another version of fptrace; name another directory with --cache");
    }

    /// <summary>Whole or not at all, replacing what is there.</summary>
    public void WriteFile(string name, string text)
    {
        byte[] temporary = NewTemporary();
        int result = StoreFile.Create(Descriptor, temporary, Encoding.UTF8.GetBytes(text), 0x180);
        result = result < 0 ? result : Posix.Rename(Descriptor, temporary, Descriptor, Name(name));
        if (result < 0)
        {
            throw new CacheException($"cache {Path}: {Posix.Describe(result)}; name another directory with --cache");
        }
    }
}
