using Fptrace.Support;

namespace Fptrace.Engine;

/// <summary>A program of tests/programs and what the comments of its source say; program.h describes them.</summary>
internal sealed record TestProgram(string Name, IReadOnlyList<string> Files, IReadOnlyList<string> Accesses,
    IReadOnlyList<string> Tolerated, bool IsOrdered, bool ShowsProbes)
{
    public const int Unsupported = 77;

    public static string Folder { get; } = Path.Combine(Repository.Root, "tests", "programs");

    public string Source => Path.Combine(Folder, Name + ".c");

    public static TestProgram Read(string name)
    {
        string[] lines = File.ReadAllLines(Path.Combine(Folder, name + ".c"));
        return new TestProgram(name, Marked(lines, "//< "), Marked(lines, "//= "), Marked(lines, "//? "),
            !lines.Contains("//: unordered"), lines.Contains("//: probes"));
    }

    /// <summary>Of the trace in which it is seen.</summary>
    public IReadOnlyList<string> Options => ShowsProbes ? ["--probes"] : [];

    /// <summary>Makes the files that it wants in its working directory.</summary>
    public void Prepare(WorkDirectory directory)
    {
        foreach (string name in Files)
        {
            if (name.EndsWith('/'))
            {
                Directory.CreateDirectory(directory.Path(name));
            }
            else
            {
                directory.Write(name, name + "\n");
            }
        }
    }

    private static string[] Marked(string[] lines, string mark) =>
        [.. lines.Where(line => line.StartsWith(mark, StringComparison.Ordinal))
            .Select(line => line[mark.Length..].Trim())];
}
