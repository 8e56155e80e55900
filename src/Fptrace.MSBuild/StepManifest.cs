using Fptrace.MSBuild.Choices;
using Fptrace.MSBuild.State;
using Fptrace.Manifests;
using Fptrace.Manifests.Checking;
using Fptrace.Manifests.Format;
using Fptrace.Model;

namespace Fptrace.MSBuild;

/// <summary>Finds the manifest of a step, and those that it replaces, in the directory of manifests.</summary>
internal sealed class StepManifest
{
    private readonly TracedStep _step;
    private readonly string _path;
    private readonly string? _former;

    private StepManifest(TracedStep step, string path, string? former) =>
        (_step, _path, _former) = (step, path, former);

    /// <summary>The manifest of the last run. Set by <see cref="FindReason"/>.</summary>
    public Manifest? Known { get; private set; }

    /// <param name="step">The step.</param>
    /// <param name="project">The project. Manifests of its steps in this build are not taken for older ones.</param>
    /// <param name="moves">Whether to rename the manifest of a task that has moved to another line.</param>
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

        // A manifest of the same place tells of the command before it was edited. But if its step is in this build, the
        // task is batched and runs several commands.
        string? former = Directory.EnumerateFiles(directory, name.SamePlace)
            .Where(file => !project.Steps.ContainsKey(file))
            .OrderByDescending(File.GetLastWriteTimeUtc)
            .FirstOrDefault();
        return new StepManifest(step, step.Manifest, former);
    }

    /// <summary>Deletes older manifests of this place that contain an output of this step.</summary>
    /// <remarks>They tell of its command before it was edited.</remarks>
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

    /// <summary>Why the step must run, in words; null if it is up to date.</summary>
    /// <param name="writesNothing">Whether the check must not write, not even the new times of a touched file.</param>
    /// <param name="cancellation">Ends the check.</param>
    /// <exception cref="OperationCanceledException">The check was cancelled.</exception>
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

    /// <summary>
    /// Sets the modification time of the manifest, so that it is not removed as unused. A skip writes nothing else.
    /// </summary>
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
            // The file is another user's. At worst it is removed as unused, and the step runs once more.
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
