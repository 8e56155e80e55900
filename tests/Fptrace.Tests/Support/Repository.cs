using System.IO.Enumeration;
using System.Runtime.CompilerServices;

namespace Fptrace.Support;

/// <summary>The source tree that the tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] Foreign = [".git", "artifacts", "bin", "node_modules", "obj", "TestResults"];

    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../.."));

    /// <summary>The C# files under a folder of the repository, without what builds leave there.</summary>
    public static IEnumerable<string> SourceFiles(string folder) =>
        Files(folder).Where(file => file.EndsWith(".cs", StringComparison.Ordinal));

    /// <summary>The files under a folder of the repository, without what git and builds leave there.</summary>
    public static IEnumerable<string> Files(string folder) =>
        new FileSystemEnumerable<string>(
            Path.Combine(Root, folder),
            (ref entry) => entry.ToFullPath(),
            new EnumerationOptions { AttributesToSkip = FileAttributes.None, RecurseSubdirectories = true })
        {
            ShouldIncludePredicate = (ref entry) => !entry.IsDirectory,
            ShouldRecursePredicate = (ref entry) => !Foreign.Contains(entry.FileName.ToString()),
        }.Order(StringComparer.Ordinal);

    private static string ThisFile([CallerFilePath] string file = "") => file;
}
