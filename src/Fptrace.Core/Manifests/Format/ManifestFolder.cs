using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Model;
using Fptrace.Posix;
using Fptrace.Steps;

namespace Fptrace.Manifests.Format;

/// <summary>
/// The manifests of a root by their keys, <c>ROOT/.fptrace</c>. Those that are not used any more are removed.
/// </summary>
/// <remarks>
/// The mtime of a manifest is the time of its last use: a run writes the file, and a skip touches it once a day. The
/// file <c>fptrace-manifest-2</c> shows that this version was used here, and its mtime shows when it last removed old
/// manifests. Manifests of other versions are removed only if the user asks for it.
/// </remarks>
public sealed class ManifestFolder
{
    private const string Ending = ".json";
    private const int KeyLength = 32;
    private const long NanosecondsOfTick = 100;
    private static readonly TimeSpan s_pause = TimeSpan.FromDays(1);
    private readonly string _path;

    /// <param name="path">The directory, as <see cref="ManifestFile"/> takes it.</param>
    public ManifestFolder(string path) => _path = path;

    /// <summary>How long a manifest stays without use, unless the user says otherwise.</summary>
    public static TimeSpan DefaultAge { get; } = TimeSpan.FromDays(30);

    private string Mark => $"{_path}/{Schema.Name.Replace('/', '-')}";

    /// <summary>Called before a run. It removes old manifests, at most once a day.</summary>
    /// <param name="age">How long a manifest may stay without use; null: for ever.</param>
    /// <returns>True when this version is used here for the first time and another one has left manifests.</returns>
    public bool Visit(TimeSpan? age)
    {
        FileLook mark = FileLook.At(fcntl.AT_FDCWD, PosixPath.Bytes(Mark), FinalLink.Keep);
        if (mark.Exists && FileLook.Now() - mark.Times.ModifiedNs < s_pause.Ticks * NanosecondsOfTick)
        {
            return false;
        }

        int fd = FilesAt.Open(fcntl.AT_FDCWD, PosixPath.Bytes(Mark),
            fcntl.O_WRONLY | fcntl.O_CREAT | fcntl.O_NOFOLLOW | fcntl.O_NONBLOCK, 0x1b6);
        if (fd < 0)
        {
            return false;
        }

        _ = libc.close(fd);
        _ = FilesAt.Touch(fcntl.AT_FDCWD, PosixPath.Bytes(Mark), FinalLink.Keep);
        bool isNews = !mark.Exists && Manifests().Any(ManifestFile.IsOthers);
        if (age is { } limit)
        {
            _ = Forget(Unused(limit).Where(path => !ManifestFile.IsOthers(path)));
        }

        return isNews;
    }

    /// <summary>Removes the manifests that were not used for some time, also those of other versions, except those of
    /// running steps.</summary>
    /// <param name="age">The time; zero: all manifests.</param>
    /// <returns>How many manifests were removed, and how many remain.</returns>
    public (int Forgotten, int Left) Forget(TimeSpan age) => (Forget(Unused(age)), Manifests().Count());

    /// <summary>The steps of the manifests of this version, in no particular order.</summary>
    public IEnumerable<KnownStep> Steps() => Manifests().Select(ManifestFile.TryReadStep).OfType<KnownStep>();

    /// <summary>The steps of a command in a directory, with any options.</summary>
    public IEnumerable<KnownStep> Steps(IReadOnlyList<ByteString> command, ByteString directory) =>
        Steps().Where(known => known.Step.Directory == directory
            && MissingManifest.IsSame(known.Step.Command, command));

    private IEnumerable<string> Unused(TimeSpan age)
    {
        long limit = FileLook.Now() - (age.Ticks * NanosecondsOfTick);
        return Manifests().Where(path => age == TimeSpan.Zero
            || FileLook.At(fcntl.AT_FDCWD, PosixPath.Bytes(path), FinalLink.Keep).Times.ModifiedNs < limit);
    }

    private int Forget(IEnumerable<string> manifests)
    {
        int forgotten = manifests.Count(ManifestFile.TryForget);
        RemoveTemporaries();
        return forgotten;
    }

    /// <summary>Removes temporary files that killed processes left, and indexes without a manifest.</summary>
    /// <remarks>A temporary file older than a day belongs to nobody: no write of a manifest takes that long.</remarks>
    private void RemoveTemporaries()
    {
        long limit = FileLook.Now() - (s_pause.Ticks * NanosecondsOfTick);
        foreach (string manifest in Names().Select(IndexFile.ManifestOf).OfType<string>()
            .Select(name => $"{_path}/{name}"))
        {
            if (!ManifestFile.Exists(manifest))
            {
                IndexFile.Remove(manifest);
            }
        }

        foreach (string path in Names()
            .Where(name => name.EndsWith(IgnoredPaths.TemporaryEnding, StringComparison.Ordinal))
                .Select(name => $"{_path}/{name}"))
        {
            byte[] bytes = PosixPath.Bytes(path);
            if (FileLook.At(fcntl.AT_FDCWD, bytes, FinalLink.Keep) is { Type: FileType.Regular } look
                && look.Times.ModifiedNs < limit)
            {
                _ = FilesAt.Unlink(fcntl.AT_FDCWD, bytes);
            }
        }
    }

    private IEnumerable<string> Manifests() => Names().Where(IsManifest).Select(name => $"{_path}/{name}");

    private IEnumerable<string> Names() =>
        (DirectoryNames.TryRead(fcntl.AT_FDCWD, PosixPath.Bytes(_path)) ?? []).Select(name => name.ToString());

    private static bool IsManifest(string name) =>
        name.Length == KeyLength + Ending.Length && name.EndsWith(Ending, StringComparison.Ordinal)
            && name.Take(KeyLength).All(char.IsAsciiHexDigitLower);
}
