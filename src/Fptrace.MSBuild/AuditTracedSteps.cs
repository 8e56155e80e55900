using Fptrace.MSBuild.State;
using Fptrace.Manifests;
using Fptrace.Model;
using Fptrace.Steps;
using Microsoft.Build.Framework;

namespace Fptrace.MSBuild;

/// <summary>Compares the Inputs and Outputs that targets declare with what their steps used in this build.</summary>
[MSBuildMultiThreadableTask]
public sealed class AuditTracedSteps : ProjectTask
{
    public override bool Execute()
    {
        ProjectState project = Project;
        if (project.Steps.Values.Any(step => step.Target is null))
        {
            Log.LogMessage(MessageImportance.High,
                "The audit of traced steps cannot find their targets in this MSBuild.");
        }

        IEnumerable<IGrouping<(string File, int Line), StepRecord>> targets = project.Steps.Values
            .Where(step => step.Target is not null)
            .GroupBy(step => (step.Target!.File, step.Target.Line))
            .OrderBy(target => target.Key.File, StringComparer.Ordinal)
            .ThenBy(target => target.Key.Line);
        foreach (IGrouping<(string File, int Line), StepRecord> steps in targets)
        {
            Manifest[] manifests = [.. steps.Select(step => step.Load()).OfType<Manifest>()];
            // A run that does not count leaves no complete list of what it used.
            if (manifests.Length > 0 && manifests.All(manifest => manifest.Passes))
            {
                Audit(steps.First().Target!, manifests);
            }
        }

        return true;
    }

    private void Audit(DeclaredTarget target, Manifest[] manifests)
    {
        var outputs = Paths(manifests,
            manifest =>
                manifest.Outputs.Where(output => output.State.Type == FileType.Regular).Select(output => output.Path));
        var inputs = Paths(manifests,
            manifest => manifest.Observations.Where(ManifestItems.IsSource).Select(observation => observation.Path));
        inputs.ExceptWith(outputs);

        // Files outside the root, such as a compiler's headers, are inputs that nobody declares. But if a target
        // declares one that its step has read, that is no fault, so "seen" includes them.
        var seen = Paths(manifests, manifest => manifest.Observations.Select(observation => observation.Path));
        string Attribute(string name, IEnumerable<string> paths) =>
            $"{name}=\"{string.Join(';', paths.Select(Written))}\"";
        string paste = $"<Target Name=\"{target.Name}\" {Attribute("Inputs", inputs)} {Attribute("Outputs", outputs)}>";
        if (target.Inputs.IsKnown)
        {
            Warn(target, Codes.UndeclaredInput, "reads, and does not declare among its Inputs,",
                inputs.Except(target.Inputs.Paths), paste);
            Warn(target, Codes.SuperfluousInput, "declares among its Inputs, and does not read,",
                target.Inputs.Paths.Except(seen).Where(path => !IsProject(path)), paste);
        }

        if (target.Outputs.IsKnown)
        {
            Warn(target, Codes.UndeclaredOutput, "writes, and does not declare among its Outputs,",
                outputs.Except(target.Outputs.Paths), paste);
            Warn(target, Codes.SuperfluousOutput, "declares among its Outputs, and does not write,",
                target.Outputs.Paths.Except(outputs), paste);
        }
    }

    /// <summary>
    /// Whether a path is a project file. A target may declare it, since it holds the command. A step does not read it,
    /// but runs again when its command changes.
    /// </summary>
    private bool IsProject(string path) => path == ProjectFile || path.EndsWith(".targets", StringComparison.Ordinal)
        || path.EndsWith(".props", StringComparison.Ordinal);

    private void Warn(DeclaredTarget target, string code, string does, IEnumerable<string> paths, string paste)
    {
        string[] files = [.. paths.Select(Written)];
        if (files.Length > 0)
        {
            Log.LogWarning(null, code, null, target.File, target.Line, 0, 0, 0, "Target {0} {1} {2}. What it uses: {3}",
                target.Name, does, string.Join(", ", files), paste);
        }
    }

    private static SortedSet<string> Paths(Manifest[] manifests, Func<Manifest, IEnumerable<ByteString>> which) => new(
        manifests.SelectMany(manifest => which(manifest)
            .Select(path => StoredPath.Expand(path, manifest.Step.Root).ToString())),
        StringComparer.Ordinal);

    private string Written(string path)
    {
        string relative = Path.GetRelativePath(ProjectRoot.Canonical(ProjectDirectory), path);
        return System.Security.SecurityElement.Escape(ManifestItems.Escape(relative))!;
    }
}
