using Fptrace.MSBuild.Choices;
using Fptrace.MSBuild.State;
using Fptrace.Manifests;
using Fptrace.Manifests.Checking;
using Fptrace.Manifests.Format;
using Fptrace.Model;

namespace Fptrace.MSBuild;

/// <summary>The manifest of a step in the directory of manifests, and what became of those that it replaces.</summary>
internal sealed class StepManifest
{
    private readonly TracedStep _step;
    private readonly string _path;
    private readonly string? _former;

    private StepManifest(TracedStep step, string path, string? former) =>
        (_step, _path, _former) = (step, path, former);

    /// <summary>What is known of the last run, once a reason was looked for.</summary>
    public Manifest? Known { get; private set; }

    /// <param name="step">The step.</param>
    /// <param name="project">Tells which manifests belong to steps that came by in this build.</param>
    /// <param name="moves">Rename the manifest of a task that has moved to another line.</param>
    public static StepManifest Find(TracedStep step, ProjectState project, bool moves)
    {
        if (step.Name is not { } name || File.Exists(step.Manifest))
        {
            return new StepManifest(step, step.Manifest, null);
        }

        string directory = Path.GetDirectoryName(step.Manifest)!;
        if (!Directory.Exists(directory))
        {
            return new StepManifest(step, step.Manifest, null);
        }

        if (Directory.EnumerateFiles(directory, name.SameCommand).Order(StringComparer.Ordinal)
            .FirstOrDefault() is { } elsewhere)
        {
            if (!moves)
            {
                return new StepManifest(step, elsewhere, null);
            }

            File.Move(elsewhere, step.Manifest, overwrite: true);
            File.Delete(elsewhere + ".lock");
            return new StepManifest(step, step.Manifest, null);
        }

        // The task at this place had another command, unless that command came by in this build: then this is a batch
        // of several.
        string? former = Directory.EnumerateFiles(directory, name.SamePlace)
            .Where(file => !project.Steps.ContainsKey(file))
            .OrderByDescending(File.GetLastWriteTimeUtc)
            .FirstOrDefault();
        return new StepManifest(step, step.Manifest, former);
    }

    /// <summary>Deletes the manifests of this place that claim an output of this step: they tell of its command before
    /// it was edited.</summary>
    public static void RemoveSuperseded(TracedStep step, ProjectState project, Manifest manifest)
    {
        if (step.Name is not { } name)
        {
            return;
        }

        HashSet<ByteString> outputs =
            [.. manifest.Outputs.Where(output => output.State.Type == FileType.Regular).Select(output => output.Path)];
        foreach (string file in Directory.EnumerateFiles(Path.GetDirectoryName(step.Manifest)!, name.SamePlace)
            .Order(StringComparer.Ordinal).ToList())
        {
            if (file != step.Manifest
                && !project.Steps.ContainsKey(file)
                && ManifestFile.Load(file).Manifest is { } former
                && former.Outputs.Any(output => outputs.Contains(output.Path)))
            {
                ManifestFile.Delete(file);
                File.Delete(file + ".lock");
            }
        }
    }

    /// <summary>Why the step must run, in words, or null.</summary>
    /// <param name="writesNothing">Not even the new times of a file that was touched.</param>
    /// <param name="cancellation">Ends the check.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public string? FindReason(bool writesNothing, CancellationToken cancellation)
    {
        if (_step.Check == UpToDateChecking.Off)
        {
            return "its check is off";
        }

        if (_former is not null && ManifestFile.Load(_former).Manifest is { } former)
        {
            Known = former;
            return Reason(former,
                UpToDateCheck.Check(former, _step.Identity, _step.Environment.Digests, Options(writesNothing),
                cancellation));
        }

        CheckedManifest found = UpToDateCheck.CheckFile(_path, _step.Identity, _step.Environment.Digests,
            Options(writesNothing), cancellation);
        Known = found.Manifest;
        return found.Result.IsUpToDate ? null
            : found.Manifest is null && !File.Exists(_path) ? "it has not run before"
            : Reason(found.Manifest, found.Result);
    }

    /// <summary>A skip writes nothing but this: manifests that no build has used for long are removed.</summary>
    public void MarkAsUsed(bool writesNothing)
    {
        DateTime now = DateTime.UtcNow;
        if (writesNothing || File.GetLastWriteTimeUtc(_step.Manifest) > now - TimeSpan.FromDays(1))
        {
            return;
        }

        try
        {
            File.SetLastWriteTimeUtc(_step.Manifest, now);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another user's. It is only made again once it was removed.
        }
    }

    private string Reason(Manifest? recorded, CheckResult result) =>
        recorded is not null && !recorded.Step.Command.SequenceEqual(_step.Identity.Command)
        ? CommandChange.Describe(string.Join(' ', recorded.Step.Command), _step.Identity.Command[0].ToString())
        : result.Reason ?? "the command, its directory or its variables changed";

    private CheckPlan Options(bool writesNothing) => new()
    {
        TimestampsOnly = _step.Check == UpToDateChecking.Timestamp,
        NoRefresh = writesNothing,
    };
}
