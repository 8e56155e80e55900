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

    // Debian has the 32-bit library apart, and not each kernel runs such programs: there the tests skip, even under CI.
    private static readonly Lazy<bool> Has32Bits = new(() =>
    {
        string program = System.IO.Path.Combine(Binaries.Value, "runs-32");
        string script = $"echo 'int main(void) {{ return 0; }}' | gcc -m32 -static -x c - -o {program} && {program}";
        return CommandRunner.Run("/", ["sh", "-c", script]).ExitCode == 0;
    });

    private static readonly Lazy<bool> HasI386Calls = new(() =>
    {
        using var directory = new WorkDirectory();
        return CommandRunner.Run(directory.Work, [Executable("i386", 64)]).ExitCode != TestProgram.Unsupported;
    });

    /// <summary>The executable of a program; the test skips where there is no gcc, or none for so many bits.</summary>
    public static string Path(string name, int bits = 64)
    {
        Requires.Program("gcc");
        Skip.If(bits == 32 && !Has32Bits.Value, "needs gcc -m32 with its library, and a kernel for 32-bit programs");
        SkipWithoutI386Calls(name);
        return Executable(name, bits);
    }

    /// <summary>The same, linked with the C library as most programs are.</summary>
    public static string LinkedPath(string name)
    {
        Requires.Program("gcc");
        SkipWithoutI386Calls(name);
        return Compiled.GetOrAdd(name + "-linked", key => new(() => Compile(name, key, 64, "-no-pie"))).Value;
    }

    private static string Executable(string name, int bits) =>
        Compiled.GetOrAdd(bits == 32 ? name + "-32" : name, key => new(() => Compile(name, key, bits))).Value;

    private static void SkipWithoutI386Calls(string name) =>
        Skip.If(name == "i386" && !HasI386Calls.Value, "needs a kernel with the calls of i386");

    private static string Compile(string name, string file, int bits, string link = "-static")
    {
        string binary = System.IO.Path.Combine(Binaries.Value, file);
        string library = name == "raw" ? "-nostdlib" : "-pthread";
        CommandResult gcc = CommandRunner.Run("/",
            ["gcc", .. bits == 32 ? (string[])["-m32"] : [], "-O1", "-Wall", "-Wextra", link, library, "-o",
            binary, TestProgram.Read(name).Source]);
        Assert.True(gcc.ExitCode == 0, gcc.Error);
        return binary;
    }
}
