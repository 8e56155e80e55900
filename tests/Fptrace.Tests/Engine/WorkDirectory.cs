namespace Fptrace.Engine;

/// <summary>A fresh directory that everybody may write to, removed with all that a command left in it.</summary>
internal sealed class WorkDirectory : IDisposable
{
    private const UnixFileMode Everybody = (UnixFileMode)0b111_111_111;

    public WorkDirectory()
    {
        Top = Directory.CreateTempSubdirectory("fptrace-test-").FullName;
        Work = Make("work");
        Results = Make("results");
        File.SetUnixFileMode(Top, Everybody);
    }

    /// <summary>The command's working directory.</summary>
    public string Work { get; }

    /// <summary>Where traces go, out of the command's way.</summary>
    public string Results { get; }

    private string Top { get; }

    public string Path(string name) => System.IO.Path.Combine(Work, name);

    public void Write(string name, string text) => File.WriteAllText(Path(name), text);

    public void WriteExecutable(string name, string text)
    {
        Write(name, text);
        File.SetUnixFileMode(Path(name), (UnixFileMode)0b111_101_101);
    }

    public void Clear()
    {
        Directory.Delete(Work, recursive: true);
        Make("work");
    }

    // rm, since a test may leave paths that are too long for one call.
    public void Dispose() => CommandRunner.Run("/", ["rm", "-rf", Top]);

    private string Make(string name)
    {
        string directory = Directory.CreateDirectory(System.IO.Path.Combine(Top, name)).FullName;
        File.SetUnixFileMode(directory, Everybody);
        return directory;
    }
}
