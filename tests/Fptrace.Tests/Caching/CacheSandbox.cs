using System.Security.Cryptography;
using System.Text;
using Fptrace.Caching.Store;
using Fptrace.Engine;
using Fptrace.Manifests;
using Fptrace.Manifests.Recording;
using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Caching;

/// <summary>A tree with a store beside it, and manifests of commands that were never run.</summary>
internal sealed class CacheSandbox : IDisposable
{
    private readonly WorkDirectory _directory = new();

    public CacheSandbox()
    {
        StorePath = Path.Combine(_directory.Results, "store");
        Outside = Path.Combine(_directory.Results, "outside");
        Directory.CreateDirectory(Outside);
    }

    /// <summary>The tree.</summary>
    public string Root => _directory.Work;

    public string StorePath { get; }

    /// <summary>Where nothing may happen.</summary>
    public string Outside { get; }

    /// <summary>What counts of the environment of every step here.</summary>
    public StepEnvironment Variables => EnvironmentOf("PATH=/bin");

    public StepEnvironment EnvironmentOf(params string[] entries) =>
        StepEnvironment.Of([.. entries.Select(Bytes)], Step("any"));

    public static ByteString Bytes(string text) => new(Encoding.UTF8.GetBytes(text));

    public BuildCache Open(CacheMode mode = CacheMode.ReadWrite, bool anywhere = false, bool idempotent = false) =>
        BuildCache.Open(StorePath, new CachePolicy { Mode = mode, Anywhere = anywhere, Idempotent = idempotent });

    public ContentStore OpenStore() => ContentStore.Open(StorePath, CacheMode.ReadWrite)!;

    public StepIdentity Step(params string[] command) => new()
    {
        Command = [.. command.Select(Bytes)],
        Directory = Bytes(Root),
        Root = Bytes(Root),
    };

    public string At(string name) => _directory.Path(name);

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        File.WriteAllText(At(name), text);
    }

    public string Read(string name) => File.ReadAllText(At(name));

    /// <summary>What a run would have recorded that saw these observations and left these outputs, as they stand
    /// now.</summary>
    public Manifest Manifest(StepIdentity step, (string Path, ObservationKind Kind)[] observations, string[] outputs,
        params string[] deletions) => new()
    {
        Step = step,
        ExitCode = 0,
        Environment = Variables.Digests,
        Observations = CurrentState.Now(
            [.. observations.Select(seen => new Observation { Path = Bytes(seen.Path), Kind = seen.Kind })
                .OrderBy(seen => seen.Path).ThenBy(seen => seen.Kind)],
            step),
        Outputs = [.. outputs.Select(Output).OrderBy(output => output.Path)],
        Deletions = [.. deletions.Select(Bytes).Order()],
        Printed = [new OutputChunk(false, "printed\n"u8.ToArray()), new OutputChunk(true, "complained\n"u8.ToArray())],
    };

    /// <summary>A step that reads in.c, and looks for a header.</summary>
    public StepIdentity Compilation() => Step("cc", "in.c");

    public CacheLookup Look(BuildCache cache, Manifest? previous = null) =>
        cache.TryRestore(Compilation(), Variables, previous, default);

    /// <summary>Keeps what that step makes of a source.</summary>
    public Manifest StoreCompilation(BuildCache cache, string source, string result)
    {
        Write("in.c", source);
        Write("out/in.o", result);
        Manifest manifest = Manifest(Compilation(),
            [("in.c", ObservationKind.Content), ("include/in.h", ObservationKind.Absent)], ["out/in.o"]);
        Assert.Null(cache.Store(manifest, Variables, default));
        return manifest;
    }

    /// <summary>The content of every file in the tree but the manifests', by path; directories end with a slash, links
    /// show their target.</summary>
    public IReadOnlyList<string> Tree() =>
    [
        .. Directory.EnumerateFileSystemEntries(Root, "*", SearchOption.AllDirectories)
            .Where(path => !path.StartsWith(Path.Combine(Root, ".fptrace"), StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(path => Path.GetRelativePath(Root, path) + Describe(path)),
    ];

    public void Dispose() => _directory.Dispose();

    private static string Describe(string path)
    {
        FileSystemInfo info = new FileInfo(path);
        return info.LinkTarget is string target ? " -> " + target
            : Directory.Exists(path) ? "/ " + Mode(path)
            : $" {Mode(path)} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))[..8]}";
    }

    private static string Mode(string path) => Convert.ToString((int)File.GetUnixFileMode(path), 8);

    private StepOutput Output(string path)
    {
        FileState state = CurrentState.StateOf(Bytes(At(path)), out ByteString target);
        return new StepOutput { Path = Bytes(path), State = state, Target = target };
    }
}
