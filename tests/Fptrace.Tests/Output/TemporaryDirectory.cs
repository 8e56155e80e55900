namespace Fptrace.Tests.Output;

/// <summary>A directory of its own, removed with what is in it.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("fptrace-test-").FullName;

    public string File(string name) => System.IO.Path.Join(Path, name);

    public string[] Names =>
        [.. new DirectoryInfo(Path).GetFileSystemInfos().Select(entry => entry.Name).Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
