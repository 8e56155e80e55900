using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Fptrace.Linux.Imports;
using Fptrace.Support;
using Tmds.Linux;

namespace Fptrace.Linux;

/// <summary>A function of C is imported once: by Tmds.LibC where it has the function, else by us.</summary>
public sealed class ImportTests
{
    /// <summary>
    /// The one reason for which we import what Tmds.LibC has: Core calls it, directly or through the folders of
    /// Fptrace.Linux that Core may name. The MSBuild task loads them where no Tmds.LibC is (docs/design.md).
    /// </summary>
    private static readonly string[] CalledByCore =
    [
        "close", "fchmod", "fchmodat", "fchown", "fchownat", "futimens", "getegid", "geteuid", "ioctl", "linkat",
        "madvise", "mkdirat", "openat", "pread", "pwrite", "read", "readlinkat", "statx", "symlinkat", "syscall",
        "unlinkat", "utimensat", "write",
    ];

    /// <summary>What Tmds.LibC imports so that errno is lost, and we call where errno matters.</summary>
    private static readonly string[] KeepingErrno = ["poll"];

    private static readonly string[] FoldersOfCore =
        ["src/Fptrace.Core", "src/Fptrace.Linux/FileSystem", "src/Fptrace.Linux/Machine", "src/Fptrace.Linux/Proc"];

    [Fact]
    public void Function_IsImportedOnce() =>
        Assert.Empty(Imports(typeof(libc).Assembly)
            .GroupBy(EntryPoint)
            .Where(same => same.Count() > 1)
            .Select(same => $"{same.Key}: {string.Join(", ", same)}"));

    [Fact]
    public void FunctionOfTmdsLibC_IsImportedOnlyForCore_OrForErrno()
    {
        IEnumerable<string> twice = Imports(typeof(libc).Assembly).Select(EntryPoint)
            .Intersect(Imports(typeof(LibC).Assembly).Select(EntryPoint));
        Assert.Equal(CalledByCore, twice.Except(KeepingErrno).Order(StringComparer.Ordinal));
    }

    /// <summary>It leaves the errno of the call before it, so an EINTR looks like other failures.</summary>
    [Fact]
    public void FunctionOfTmdsLibC_ThatLosesErrno_IsCalledOnlyIfItCannotFail()
    {
        string[] cannotFail = ["_exit", "getpid", "getppid"];
        string text = string.Concat(Repository.SourceFiles("src").Select(File.ReadAllText));
        var losing = Imports(typeof(LibC).Assembly)
            .Where(import => !import.GetCustomAttribute<DllImportAttribute>()!.SetLastError)
            .Select(import => import.Name)
            .ToList();
        Assert.Equal(KeepingErrno, losing.Intersect(KeepingErrno));
        Assert.DoesNotContain(losing.Except(cannotFail), name => Regex.IsMatch(text, $@"\bLibC\.{name}\("));
    }

    [Fact]
    public void FunctionImportedForCore_IsCalledByCore()
    {
        string text = string.Concat(FoldersOfCore.SelectMany(Repository.SourceFiles).Select(File.ReadAllText));
        Assert.All(CalledByCore, name => Assert.Matches($@"\blibc\.{name}\(", text));
    }

    /// <summary>With those that the compiler makes: for LibraryImport it writes a local function that is the
    /// import.</summary>
    private static IEnumerable<MethodInfo> Imports(Assembly assembly) =>
        assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic
                | BindingFlags.DeclaredOnly))
            .Where(method => method.Attributes.HasFlag(MethodAttributes.PinvokeImpl));

    private static string EntryPoint(MethodInfo import) =>
        import.GetCustomAttribute<DllImportAttribute>()!.EntryPoint ?? import.Name;
}
