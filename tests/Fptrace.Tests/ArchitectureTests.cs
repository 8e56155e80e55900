using System.Text.RegularExpressions;
using Fptrace.Support;

namespace Fptrace;

/// <summary>Holds the arrows between namespaces, by the text of the sources.</summary>
public sealed partial class ArchitectureTests
{
    /// <summary>Which namespaces of the project a namespace may name, besides itself.</summary>
    private static readonly Dictionary<string, string[]> Arrows = new(StringComparer.Ordinal)
    {
        ["Linux"] = [],
        ["Model"] = [],
        ["Posix"] = ["Linux", "Model"],
        ["Steps"] = ["Linux", "Model", "Posix"],
        ["Manifests"] = ["Linux", "Model", "Posix", "Steps"],
        ["Caching"] = ["Linux", "Model", "Posix", "Steps", "Manifests"],
        ["Tracing"] = ["Linux", "Model", "Keeping"],
        ["Keeping"] = ["Linux", "Model", "Output", "Steps"],
        ["Output"] = ["Linux", "Model"],
        ["MSBuild"] = ["Model", "Posix", "Steps", "Manifests", "Caching"],
    };

    /// <summary>The same of the folders of Linux. Those that Core may name are all that the MSBuild task
    /// loads.</summary>
    private static readonly Dictionary<string, string[]> LinuxArrows = new(StringComparer.Ordinal)
    {
        ["Headers"] = [],
        ["Imports"] = ["Headers"],
        ["FileSystem"] = ["Headers", "Imports"],
        ["Proc"] = ["Headers", "Imports", "FileSystem"],
        ["Machine"] = ["Headers", "Imports", "FileSystem", "Proc"],
        ["Descriptors"] = ["Headers", "Imports", "FileSystem", "Proc"],
        ["Processes"] = ["Headers", "Imports", "FileSystem", "Proc", "Descriptors"],
        ["Ptracing"] = ["Headers", "Imports", "FileSystem", "Proc", "Processes"],
    };

    /// <summary>The folders of Linux that only the tool names, and that alone may use Tmds.LibC.</summary>
    private static readonly string[] OfToolOnly = ["Descriptors", "Processes", "Ptracing"];

    /// <summary>The same of the folders of Tracing, among themselves. Tracer, which stands above them, names
    /// all.</summary>
    private static readonly Dictionary<string, string[]> TracingArrows = new(StringComparer.Ordinal)
    {
        ["Proc"] = [],
        ["Fast"] = ["Proc"],
        ["Plan"] = ["Proc", "Fast"],
        ["Recording"] = ["Proc", "Fast", "Plan"],
        ["Tracees"] = ["Proc", "Fast", "Recording"],
        ["Names"] = ["Proc", "Plan", "Recording", "Tracees"],
        ["Scheduling"] = ["Proc", "Plan", "Tracees"],
        ["Calls"] = ["Proc", "Fast", "Plan", "Recording", "Tracees", "Names", "Scheduling"],
        ["Launch"] = ["Proc", "Plan", "Calls"],
        ["Supervision"] = ["Proc", "Fast", "Plan", "Recording", "Tracees", "Names", "Scheduling", "Calls", "Launch"],
    };

    /// <summary>The same of the folders of Manifests. What stands above them, the manifest itself, names
    /// none.</summary>
    private static readonly Dictionary<string, string[]> ManifestArrows = new(StringComparer.Ordinal)
    {
        [""] = [],
        ["Format"] = [],
        ["Checking"] = ["Format"],
        ["Recording"] = ["Format", "Checking"],
    };

    /// <summary>The same of the folders of Caching. The lookup, which stands above them, names all.</summary>
    private static readonly Dictionary<string, string[]> CachingArrows = new(StringComparer.Ordinal)
    {
        ["Keys"] = [],
        ["Store"] = ["Keys"],
        ["Restoring"] = ["Keys", "Store"],
    };

    private static readonly string[] CoreNamespaces = ["Model", "Posix", "Steps", "Manifests", "Caching"];

    [Fact]
    public void Namespaces_NameOnlyWhatTheirArrowsPointTo()
    {
        var violations = new List<string>();
        foreach (string file in Repository.SourceFiles("src"))
        {
            string text = File.ReadAllText(file);
            string from = FirstSegment(NamespacePattern().Match(text));
            if (!Arrows.TryGetValue(from, out string[]? allowed))
            {
                continue;
            }

            violations.AddRange(ReferencePattern().Matches(text)
                .Select(FirstSegment)
                .Where(to => to != from && !allowed.Contains(to) && (Arrows.ContainsKey(to) || to == "Commands"))
                .Distinct()
                .Select(to => $"{Relative(file)}: {from} -> {to}"));
        }

        Assert.Empty(violations);
    }

    [Fact]
    public void FoldersOfTracing_NameOnlyWhatTheirArrowsPointTo() =>
        Assert.Empty(Violations("src/Fptrace.Tool/Tracing", "Tracing", TracingArrows));

    [Fact]
    public void FoldersOfLinux_NameOnlyWhatTheirArrowsPointTo() =>
        Assert.Empty(Violations("src/Fptrace.Linux", "Linux", LinuxArrows));

    /// <summary>The task's folder holds no Tmds.LibC: that has an assembly for each of three systems, and names the
    /// file of glibc.</summary>
    [Fact]
    public void TmdsLibC_IsNothingThatTheTaskLoads()
    {
        var toolOnly = new Regex($@"\bFptrace\.Linux\.({string.Join('|', OfToolOnly)})\b");
        Assert.Empty(Repository.SourceFiles("src")
            .Where(file => !OfToolOnly.Any(
                    folder => file.Contains($"/Fptrace.Linux/{folder}/", StringComparison.Ordinal))
                && Regex.IsMatch(File.ReadAllText(file), @"\bTmds\b"))
            .Select(Relative));
        Assert.Empty(Repository.SourceFiles("src/Fptrace.Core").Concat(Repository.SourceFiles("src/Fptrace.MSBuild"))
            .Where(file => toolOnly.IsMatch(File.ReadAllText(file)))
            .Select(Relative));
    }

    /// <summary>A class that needs several files has several things to do.</summary>
    [Fact]
    public void Tracing_HasNoPartialClass() => Assert.Empty(Repository.SourceFiles("src/Fptrace.Tool/Tracing")
        .Where(file => File.ReadAllText(file).Contains("partial class", StringComparison.Ordinal))
        .Select(Relative));

    [Fact]
    public void FoldersOfManifests_NameOnlyWhatTheirArrowsPointTo() =>
        Assert.Empty(Violations("src/Fptrace.Core/Manifests", "Manifests", ManifestArrows));

    [Fact]
    public void FoldersOfCaching_NameOnlyWhatTheirArrowsPointTo() =>
        Assert.Empty(Violations("src/Fptrace.Core/Caching", "Caching", CachingArrows));

    [Fact]
    public void Core_HoldsOnlyItsOwnNamespaces()
    {
        Assert.Empty(Repository.SourceFiles("src/Fptrace.Core")
            .Where(file => !CoreNamespaces.Contains(FirstSegment(NamespacePattern().Match(File.ReadAllText(file)))))
            .Select(Relative));
    }

    /// <summary>What a project may refer to: Linux ← Core ← Tool, and Core ← MSBuild.</summary>
    [Theory]
    [InlineData("Fptrace.Linux", "")]
    [InlineData("Fptrace.Core", "Fptrace.Linux")]
    [InlineData("Fptrace.Tool", "Fptrace.Core Fptrace.Linux")]
    [InlineData("Fptrace.MSBuild", "Fptrace.Core")]
    public void Project_RefersOnlyToThoseBelowIt(string project, string below)
    {
        string text = File.ReadAllText(Path.Combine(Repository.Root, $"src/{project}/{project}.csproj"));
        Assert.Equal(below, string.Join(' ', ProjectReferencePattern().Matches(text).Select(FirstSegment)));
    }

    [Fact]
    public void Unsafe_OnlyLinuxMayBe()
    {
        string[] projects = Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.*proj",
            SearchOption.AllDirectories);
        string[] shared = Directory.GetFiles(Repository.Root, "Directory.*.props");
        string[] ofSource = Directory.GetFiles(Path.Combine(Repository.Root, "src"), "Directory.*");
        Assert.Equal(
            ["src/Fptrace.Linux/Fptrace.Linux.csproj"],
            projects.Concat(shared).Concat(ofSource)
                .Where(file => File.ReadAllText(file).Contains("AllowUnsafeBlocks", StringComparison.Ordinal))
                .Select(Relative));
    }

    /// <summary>An import needs no unsafe code where its signature is simple enough: the compiler alone does not hold
    /// it.</summary>
    [Fact]
    public void Import_StandsOnlyInLinux() =>
        Assert.Empty(Repository.SourceFiles("src")
            .Where(file => !file.Contains("/Fptrace.Linux/", StringComparison.Ordinal))
            .Where(file => ImportPattern().IsMatch(File.ReadAllText(file)))
            .Select(Relative));

    [Fact]
    public void Namespace_IsTheFolder()
    {
        var violations = new List<string>();
        foreach (string file in Repository.SourceFiles("src"))
        {
            string folder = Path.GetDirectoryName(Relative(file))!.Replace("src/Fptrace.Core", "Fptrace",
                StringComparison.Ordinal)
                .Replace("src/Fptrace.Tool", "Fptrace", StringComparison.Ordinal)
                .Replace("src/", "", StringComparison.Ordinal).Replace('/', '.');
            Match match = WholeNamespacePattern().Match(File.ReadAllText(file));
            if (match.Success && match.Groups[1].Value != folder)
            {
                violations.Add($"{Relative(file)}: {match.Groups[1].Value}, not {folder}");
            }
        }

        Assert.Empty(violations);
    }

    /// <summary>One file of each assembly knows which machine this is. All others ask it for what differs.</summary>
    [Fact]
    public void Machine_IsKnownToOneFileOfEachAssembly() =>
        Assert.Equal(
            [
                "src/Fptrace.Core/Steps/StepMachine.cs",
                "src/Fptrace.Linux/Headers/PerMachine.cs",
                "src/Fptrace.MSBuild/Choices/StepSettings.cs",
                "src/Fptrace.Tool/Tracing/Calls/SyscallAbi.cs",
            ],
            Repository.SourceFiles("src")
                .Where(file => MachinePattern().IsMatch(File.ReadAllText(file)))
                .Select(Relative)
                .Order(StringComparer.Ordinal));

    private static IEnumerable<string> Violations(string folder, string name, Dictionary<string, string[]> arrows)
    {
        var own = new Regex($@"^namespace Fptrace\.{name}(?:\.(\w+))?", RegexOptions.Multiline);
        var other = new Regex($@"^using Fptrace\.{name}\.(\w+)", RegexOptions.Multiline);
        foreach (string file in Repository.SourceFiles(folder))
        {
            string text = File.ReadAllText(file);
            string from = FirstSegment(own.Match(text));
            foreach (string to in other.Matches(text).Select(FirstSegment).Distinct())
            {
                if (to != from && arrows.TryGetValue(from, out string[]? allowed) && !allowed.Contains(to))
                {
                    yield return $"{Relative(file)}: {from} -> {to}";
                }
            }
        }
    }

    private static string FirstSegment(Match match) => match.Groups[1].Value;

    private static string Relative(string file) => Path.GetRelativePath(Repository.Root, file);

    [GeneratedRegex(@"^namespace Fptrace\.(\w+)", RegexOptions.Multiline)]
    private static partial Regex NamespacePattern();

    /// <summary>Of the project's own: an attribute that MSBuild knows by its full name stands in MSBuild's
    /// namespace.</summary>
    [GeneratedRegex(@"^namespace (Fptrace[\w.]*)", RegexOptions.Multiline)]
    private static partial Regex WholeNamespacePattern();

    /// <summary>In a using directive, or a name spelled out in full.</summary>
    [GeneratedRegex(@"(?<!namespace )\bFptrace\.([A-Z]\w*)")]
    private static partial Regex ReferencePattern();

    [GeneratedRegex(@"\[(assembly: )?(DllImport|LibraryImport|UnmanagedCallConv)\b|\bNativeLibrary\b|\bdelegate\* ")]
    private static partial Regex ImportPattern();

    [GeneratedRegex(@"\b(ProcessArchitecture|OSArchitecture|Intrinsics|Architecture\.(X64|X86|Arm64|Arm))\b")]
    private static partial Regex MachinePattern();

    [GeneratedRegex(@"<ProjectReference Include=""\.\./([\w.]+)/")]
    private static partial Regex ProjectReferencePattern();
}
