using System.Text;
using Fptrace.Support;

namespace Fptrace.Workflows;

/// <summary>docs/workflows.md has the rows that the tests run, and no others.</summary>
public sealed class WorkflowPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs/workflows.md"));

    [Fact]
    public void Rows_AreWhatTheTestsRun()
    {
        string[] rows =
            [.. Page.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)
                && line.Contains("`fptrace run", StringComparison.Ordinal))];
        Assert.Equal([.. WorkflowTable.All.Append(WorkflowTable.OnCi).Select(Row)], rows);
    }

    private const StringSplitOptions Trimmed =
        StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;

    private static string Row(Workflow workflow)
    {
        string config = workflow.Config is { } text
            ? $"`{string.Join(' ', text.Split('\n', Trimmed))}`"
            : "";
        return $"| {workflow.Name} | `fptrace run --cache -- {Command(workflow)}` | {config} | "
            + $"{(workflow.GoesBack ? "found" : "runs once, then found")} |";
    }

    private static string Command(Workflow workflow)
    {
        var line = new StringBuilder();
        foreach (string word in workflow.Command)
        {
            line.Append(line.Length > 0 ? " " : "").Append(word.AsSpan().IndexOfAny(" ;&") < 0 ? word : $"'{word}'");
        }

        return line.ToString();
    }
}
