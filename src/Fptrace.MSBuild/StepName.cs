using Fptrace.Model;
using System.Globalization;

namespace Fptrace.MSBuild;

/// <summary>The name of a manifest when the project gives none: <c>bison-PLACE-COMMAND.json</c>.</summary>
/// <param name="Label">The first word of the command, for people.</param>
/// <param name="Place">A digest of the task's place in the project's files. It is only used to find what the step was
/// before its command was edited.</param>
/// <param name="Command">A digest of the command, its directory and its variables.</param>
internal sealed record StepName(string Label, string Place, string Command)
{
    private const int LongestLabel = 20;
    private const int PlaceLength = 8;

    public string FileName => $"{Label}-{Place}-{Command}.json";

    /// <summary>A search pattern for manifests of the same command at any place.</summary>
    public string SameCommand => $"*-{Command}.json";

    /// <summary>A search pattern for manifests of any command at the same place.</summary>
    public string SamePlace => $"*-{Place}-*.json";

    /// <summary>The place in the name of a manifest; null if it is no such name.</summary>
    public static string? PlaceIn(string fileName) =>
        fileName.Split('-') is [_, { Length: PlaceLength } place, _] ? place : null;

    public static StepName Of(TracedExec task, string projectDirectory, string workingDirectory)
    {
        string file = task.BuildEngine.ProjectFileOfTaskNode is { Length: > 0 } path
            ? Path.GetRelativePath(projectDirectory, path)
            : "";
        string place = string.Create(CultureInfo.InvariantCulture,
            $"{file}:{task.BuildEngine.LineNumberOfTaskNode}:{task.BuildEngine.ColumnNumberOfTaskNode}");
        string command = string.Join('\0',
            [Path.GetRelativePath(projectDirectory, workingDirectory), task.Command,
            .. task.EnvironmentVariables ?? []]);
        return new StepName(LabelOf(task.EchoOff ? "" : task.Command), TextDigest.Of(place)[..PlaceLength],
            TextDigest.Of(command));
    }

    private static string LabelOf(string command)
    {
        string word = command.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries).FirstOrDefault() ?? "";
        string name =
            new([.. Path.GetFileName(word.Trim('"', '\'')).Where(char.IsAsciiLetterOrDigit).Take(LongestLabel)]);
        return name.Length > 0 ? name : "step";
    }
}
