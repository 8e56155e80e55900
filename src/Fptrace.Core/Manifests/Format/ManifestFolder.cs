using System.Runtime.InteropServices;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Model;
using Fptrace.Posix;
using Fptrace.Steps;

namespace Fptrace.Manifests.Format;

/// <summary>The manifests of a root by their keys, <c>ROOT/.fptrace</c>: those that nobody uses any more are
/// forgotten.</summary>
/// <remarks>
/// A manifest's modification time is the time of its last use: it is written by a run, and a skip renews it once a day.
/// The file <c>fptrace-manifest-2</c> tells that this version has been here, and by its time when it last looked for
/// old ones. The manifests of other versions are theirs: only who asks for it removes them.
/// </remarks>
public sealed class ManifestFolder
{
    private const string Ending = ".json";
    private const int KeyLength = 32;
    private const long NanosecondsOfTick = 100;
    private static readonly TimeSpan s_pause = TimeSpan.FromDays(1);
    private readonly string _path;

    /// <param name="path">Of the directory, as <see cref="ManifestFile"/> takes it.</param>
    public ManifestFolder(string path) => _path = path;

    /// <summary>What is not used for longer is forgotten, unless the user says otherwise.</summary>
    public static TimeSpan DefaultAge { get; } = TimeSpan.FromDays(30);

    private string Mark => $"{_path}/{Schema.Name.Replace('/', '-')}";

    /// <summary>Before a run: forgets what is too old, at most once a day.</summary>
    /// <param name="age">Null: nothing is too old.</param>
    /// <returns>True when this version comes here for the first time, and another one has left manifests.</returns>
    public bool Visit(TimeSpan? age)
    {
        FileLook mark = FileLook.At(fcntl.AT_FDCWD, PosixPath.Bytes(Mark), FinalLink.Keep);
        if (mark.Exists && FileLook.Now() - mark.Times.ModifiedNs < s_pause.Ticks * NanosecondsOfTick)
        {
            return false;
        }

        int fd = libc.openat(fcntl.AT_FDCWD, in PosixPath.Bytes(Mark)[0],
            fcntl.O_WRONLY | fcntl.O_CREAT | fcntl.O_NOFOLLOW | fcntl.O_NONBLOCK | fcntl.O_CLOEXEC, 0x1b6);
        if (fd < 0)
        {
            return false;
        }

        _ = libc.close(fd);
        _ = FilesAt.Touch(fcntl.AT_FDCWD, PosixPath.Bytes(Mark), FinalLink.Keep);
        bool isNews = !mark.Exists && Manifests().Any(ManifestFile.IsOthers);
        if (age is { } limit)
        {
            _ = Forget(limit, ofOthers: false);
        }

        return isNews;
    }

    /// <summary>Forgets what was not used for so long. What runs now is left.</summary>
    /// <param name="age">Zero: all.</param>
    /// <param name="ofOthers">Manifests of other versions too.</param>
    /// <returns>How many were forgotten, and how many are left.</returns>
    public (int Forgotten, int Left) Forget(TimeSpan age, bool ofOthers)
    {
        int forgotten = 0;
        int left = 0;
        long limit = FileLook.Now() - (age.Ticks * NanosecondsOfTick);
        foreach (string path in Manifests())
        {
            bool isOld = age == TimeSpan.Zero
                || FileLook.At(fcntl.AT_FDCWD, PosixPath.Bytes(path), FinalLink.Keep).Times.ModifiedNs < limit;
            if (isOld && (ofOthers || !ManifestFile.IsOthers(path)) && ManifestFile.TryForget(path))
            {
                forgotten++;
            }
            else
            {
                left++;
            }
        }

        RemoveTemporaries();
        return (forgotten, left);
    }

    /// <summary>The steps of the manifests of this version, in no order.</summary>
    public IEnumerable<KnownStep> Steps() => Manifests().Select(ManifestFile.TryReadStep).OfType<KnownStep>();

    /// <summary>Those of a command in a directory, whatever its options were.</summary>
    public IEnumerable<KnownStep> Steps(IReadOnlyList<ByteString> command, ByteString directory) =>
        Steps().Where(known => known.Step.Directory == directory
            && MissingManifest.IsSame(known.Step.Command, command));

    /// <summary>What killed processes left, for nobody takes a day to write a manifest, and indexes without a
    /// manifest.</summary>
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
                _ = libc.unlinkat(fcntl.AT_FDCWD, in MemoryMarshal.GetReference<byte>(bytes), 0);
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
