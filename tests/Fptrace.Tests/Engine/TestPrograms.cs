using System.Collections.Concurrent;
using Fptrace.Support;

namespace Fptrace.Engine;

/// <summary>Compiles each program once per test run, statically, so that its accesses are its own.</summary>
internal static class TestPrograms
{
    private static readonly ConcurrentDictionary<string, Lazy<string>> Compiled = new();
    private static readonly Lazy<string> Binaries = new(() =>
    {
        string directory = Directory.CreateTempSubdirectory("fptrace-programs-").FullName;
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(directory, recursive: true);
        return directory;
    });

    /// <summary>Those that say which accesses they make.</summary>
    public static IEnumerable<string> WithAccesses => Directory.EnumerateFiles(TestProgram.Folder, "*.c")
        .Select(file => System.IO.Path.GetFileNameWithoutExtension(file))
        .Where(name => TestProgram.Read(name).Accesses.Count > 0)
        .Order(StringComparer.Ordinal);

    /// <summary>The executable of a program; the test skips where there is no gcc.</summary>
    public static string Path(string name)
    {
        Requires.Program("gcc");
        return Compiled.GetOrAdd(name, key => new(() => Compile(key))).Value;
    }

    private static string Compile(string name)
    {
        string binary = System.IO.Path.Combine(Binaries.Value, name);
        string library = name == "raw" ? "-nostdlib" : "-pthread";
        CommandResult gcc = CommandRunner.Run("/", ["gcc", "-O1", "-Wall", "-Wextra", "-static", library, "-o", binary, TestProgram.Read(name).Source]);
        Assert.True(gcc.ExitCode == 0, gcc.Error);
        return binary;
    }
}
