using Fptrace.Support;

namespace Fptrace;

/// <summary>Holds how long a line, how long a file and how full a folder may be.</summary>
public sealed class LayoutTests
{
    private const int MostLines = 300;
    private const int MostFiles = 40;

    /// <summary>Files whose length is the length of a table, and the reason that the table is in one piece.</summary>
    private static readonly Dictionary<string, string> Tables = new(StringComparer.Ordinal)
    {
        ["SyscallTable.cs"] = "a row for each system call of Linux",
    };

    private static readonly string[] Extensions =
        [".cs", ".md", ".c", ".h", ".py", ".sh", ".props", ".targets", ".csproj"];

    [Fact]
    public void Lines_HaveAtMost120Columns()
    {
        Assert.Contains(
            $"max_line_length = {LongLines.MostColumns}",
            File.ReadLines(Path.Combine(Repository.Root, ".editorconfig")));
        AssertNone(Repository.Files("")
            .Where(IsWrittenByHand)
            .SelectMany(file => LongLines.Of(file, File.ReadLines(file)).Select(line => $"{Relative(file)}:{line}")));
    }

    [Fact]
    public void Files_HaveAtMost300Lines()
    {
        var lengths = Repository.SourceFiles("src").Concat(Repository.SourceFiles("tests"))
            .Select(file => (Path: file, Name: Path.GetFileName(file), Lines: File.ReadLines(file).Count()))
            .Where(file => file.Lines > MostLines)
            .ToList();
        AssertNone(lengths
            .Where(file => !Tables.ContainsKey(file.Name))
            .Select(file => $"{Relative(file.Path)}:{MostLines + 1}: the file has {file.Lines} lines")
            .Concat(Tables.Keys
                .Except(lengths.Select(file => file.Name))
                .Select(name => $"{name}: there is no table of this name above {MostLines} lines any more")));
    }

    [Fact]
    public void Folders_HaveAtMost40Files() =>
        AssertNone(Repository.SourceFiles("src")
            .GroupBy(file => Path.GetDirectoryName(file)!)
            .Where(folder => folder.Count() > MostFiles)
            .Select(folder => $"{Relative(folder.Key)}: {folder.Count()} files"));

    /// <summary>Each text has one line of 121 columns or more.</summary>
    [Theory]
    [InlineData("A.cs", "// LONG LINE", true)]
    [InlineData("A.cs", "// https://LONG", false)]
    [InlineData("A.cs", "    string text = \"\"\"\nLONG LINE\n    \"\"\";", false)]
    [InlineData("A.cs", "    string text = \"\"\"\n    \"\"\";\nLONG LINE", true)]
    [InlineData("A.cs", "    string text = \"\"\"\"\n    \"\"\"\nLONG LINE\n    \"\"\"\";", false)]
    [InlineData("A.cs", "    Call(LONG, \"\"\"\n    \"\"\");", true)]
    [InlineData("A.cs", "    string text = \"\"\"one\"\"\"\nLONG LINE", true)]
    [InlineData("A.cs", "    string text = \"\"\"LONG LINE\"\"\";", false)]
    [InlineData("A.md", "LONG LINE", true)]
    [InlineData("A.md", "| LONG | LINE |", false)]
    [InlineData("A.md", "```\nLONG LINE\n```", false)]
    [InlineData("A.md", "```\n```\nLONG LINE", true)]
    [InlineData("A.md", "- [a LONG](link.md),", false)]
    [InlineData("A.md", "- [a](LONG.md), and more", true)]
    [InlineData("A.md", "[a]: https://LONG", false)]
    [InlineData("A.csproj", "<A B=\"LONG\" />", false)]
    [InlineData("A.csproj", "<!-- LONG LINE -->", true)]
    [InlineData("A.csproj", "<!--\nLONG LINE\n-->", true)]
    [InlineData("A.csproj", "<!--\n-->\n<A B=\"LONG\" C=\"\" />", false)]
    [InlineData("run", "echo LONG", true)]
    public void LongLine_Counts_WhereItCanBeBroken(string name, string text, bool counts)
    {
        string word = new('x', LongLines.MostColumns);
        string[] lines = text.Replace("LONG", word, StringComparison.Ordinal).Split('\n');
        int[] expected = counts ? [Array.FindIndex(lines, line => line.Length > LongLines.MostColumns) + 1] : [];
        Assert.Equal(expected, LongLines.Of(name, lines));
    }

    /// <summary>Shows all violations, where Assert.Empty shows the first five.</summary>
    private static void AssertNone(IEnumerable<string> violations)
    {
        string text = string.Join('\n', violations);
        Assert.True(text.Length == 0, text);
    }

    private static bool IsWrittenByHand(string file)
    {
        string path = Relative(file);
        return !path.Contains(".verified.", StringComparison.Ordinal)
            && (Extensions.Contains(Path.GetExtension(path))
                || (path.StartsWith("build/", StringComparison.Ordinal) && !Path.HasExtension(path))
                || path == ".ci/run");
    }

    private static string Relative(string file) => Path.GetRelativePath(Repository.Root, file);
}
