using System.IO.Compression;
using Fptrace.Engine;
using Fptrace.Linux.Processes;
using Fptrace.Support;

namespace Fptrace.Roots;

/// <summary>The native tools are static, in each package.</summary>
public sealed class StaticExecutableTests : IDisposable
{
    private readonly WorkDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [SkippableFact]
    public void ToolUnderTest_NamesNoLoaderAndNoLibrary()
    {
        Requires.That(FptraceExecutable.IsNative, "needs the native tool (FPTRACE_UNDER_TEST)");
        AssertIsStatic(FptraceExecutable.Command[0], machine: null);
    }

    [SkippableTheory]
    [InlineData("linux-x64", "X86-64")]
    [InlineData("linux-arm64", "AArch64")]
    public void PackagedTools_NameNoLoaderAndNoLibrary(string runtime, string machine)
    {
        string packages = Environment.GetEnvironmentVariable("FPTRACE_PACKAGES") ?? "";
        Requires.That(packages.Length > 0, "needs packages that build/pack has made (FPTRACE_PACKAGES)");
        foreach ((string id, string place) in ((string, string)[])
            [($"Fptrace.Tool.{runtime}", $"tools/any/{runtime}/fptrace"),
                ("Fptrace.MSBuild", $"tools/{runtime}/fptrace")])
        {
            using ZipArchive package = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(packages, id + ".*.nupkg"),
                file => char.IsAsciiDigit(Path.GetFileName(file)[id.Length + 1])));
            string tool = _directory.Path(id);
            package.GetEntry(place)!.ExtractToFile(tool);
            AssertIsStatic(tool, machine);
        }
    }

    [Fact]
    public void InstalledRuntime_HasTheMachinesLibraries() =>
        Assert.Equal((null, null), (LinkedCode.LibcVersion(), LinkedCode.OpenSslVersion()));

    private static void AssertIsStatic(string tool, string? machine)
    {
        Requires.Program("readelf");
        string headers = CommandRunner.Run("/", ["readelf", "-hlW", tool]).Output;
        Assert.Contains("LOAD", headers, StringComparison.Ordinal);
        Assert.DoesNotContain("INTERP", headers, StringComparison.Ordinal);
        Assert.DoesNotContain("NEEDED", CommandRunner.Run("/", ["readelf", "-dW", tool]).Output,
            StringComparison.Ordinal);
        Assert.Contains(machine ?? "", headers, StringComparison.Ordinal);
    }
}
