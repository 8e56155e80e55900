using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Packages;

/// <summary>Makes the archive and the package for Debian of a static program, as if it were another
/// machine's.</summary>
public sealed class Distribution : IDisposable
{
    public const string Version = "1.2.3.456";
    public const string Name = $"fptrace-{Version}-linux-arm64";
    public const string Package = $"fptrace_{Version}-1_arm64.deb";
    private readonly WorkDirectory _directory = new();
    private readonly Lazy<string> _made;

    public Distribution() => _made = new(() => Make("made"));

    /// <summary>The directory in which they were made.</summary>
    public string Made => _made.Value;

    public static string Executable => TestPrograms.Path("sandbox");

    public void Dispose() => _directory.Dispose();

    /// <summary>Makes them once more.</summary>
    /// <param name="place">The directory.</param>
    /// <param name="around">Words before the command.</param>
    public string Make(string place, params string[] around)
    {
        string path = Directory.CreateDirectory(_directory.Path(place)).FullName;
        Run(_directory.Work, [.. around, "env", "SOURCE_DATE_EPOCH=1700000000",
            "FPTRACE_MAINTAINER=Somebody <somebody@example.org>", Path.Combine(Repository.Root, "build/dist"), place,
            Version, "linux-arm64", Executable, .. FptraceExecutable.Command]);
        return path;
    }

    /// <summary>Runs a command and expects success.</summary>
    internal static CommandResult Run(string directory, params string[] command)
    {
        CommandResult result = CommandRunner.Run(directory, command);
        Assert.True(result.ExitCode == 0, string.Join(' ', command) + "\n" + result.Output + result.Error);
        return result;
    }
}
