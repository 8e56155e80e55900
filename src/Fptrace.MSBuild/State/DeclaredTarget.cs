using System.Collections;
using System.Reflection;
using Microsoft.Build.Framework;

namespace Fptrace.MSBuild.State;

/// <summary>The Inputs and Outputs that the target of a task declares, for the audit.</summary>
/// <remarks>
/// MSBuild has no interface that tells a task its target. So the audit, which a user runs for a diagnosis, reads the
/// engine's internal objects by reflection. If a later MSBuild changes them, the audit has nothing to compare and says
/// so.
/// </remarks>
internal sealed record DeclaredTarget(string File, int Line, string Name, DeclaredFiles Inputs, DeclaredFiles Outputs)
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    public static DeclaredTarget? Of(IBuildEngine engine)
    {
        object? project = Get(Get(Get(engine, "_requestEntry"), "RequestConfiguration"), "Project");
        if (project is null || Get(Get(project, "Targets"), "Values") is not IEnumerable targets)
        {
            return null;
        }

        object? target = targets.Cast<object>().FirstOrDefault(candidate => Get(candidate, "Tasks") is IEnumerable tasks
            && tasks.Cast<object>().Any(task => IsAt(task, engine)));
        return target is null ? null : new DeclaredTarget(
            Text(Get(target, "Location"), "File"),
            Get(Get(target, "Location"), "Line") as int? ?? 0,
            Text(target, "Name"),
            DeclaredFiles.Of(Text(target, "Inputs"), text => Expand(project, text), Text(project, "Directory")),
            DeclaredFiles.Of(Text(target, "Outputs"), text => Expand(project, text), Text(project, "Directory")));
    }

    private static bool IsAt(object task, IBuildEngine engine) =>
        Get(task, "Location") is { } location
        && Get(location, "Line") is int line && line == engine.LineNumberOfTaskNode
        && Get(location, "Column") is int column && column == engine.ColumnNumberOfTaskNode
        && Text(location, "File") == engine.ProjectFileOfTaskNode;

    private static string Expand(object project, string text) =>
        project.GetType().GetMethod("ExpandString", [typeof(string)])?.Invoke(project, [text]) as string ?? "";

    private static string Text(object? owner, string name) => Get(owner, name) as string ?? "";

    private static object? Get(object? owner, string name) => owner is null ? null
        : owner.GetType().GetProperty(name, Any) is { } property ? property.GetValue(owner)
        : owner.GetType().GetField(name, Any)?.GetValue(owner);
}
