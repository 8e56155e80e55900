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
    private readonly bool _writesNothing;
    private string _path;
    private string? _former;

    private StepManifest(TracedStep step, bool writesNothing) =>
        (_step, _writesNothing, _path) = (step, writesNothing, step.Manifest);

    /// <summary>The manifest of the last run. Set by <see cref="FindReason"/>.</summary>
    public Manifest? Known { get; private set; }

    /// <param name="step">The step.</param>
    /// <param name="project">The project. Manifests of its steps in this build are not taken for older ones.</param>
    /// <param name="writesNothing">Whether all stays as it is: the manifest of a task that has moved to another line
    /// keeps its name, and a check writes not even the new times of a touched file.</param>
    public static StepManifest Find(TracedStep step, ProjectState project, bool writesNothing)
    {
        var found = new StepManifest(step, writesNothing);
        string directory = Path.GetDirectoryName(step.Manifest)!;
        if (step.Name is not { } name || File.Exists(step.Manifest) || !Directory.Exists(directory))
        {
            return found;
        }

        if (Directory.EnumerateFiles(directory, name.SameCommand).Order(StringComparer.Ordinal)
            .FirstOrDefault() is { } elsewhere)
        {
            if (writesNothing)
            {
                found._path = elsewhere;
                return found;
            }

            File.Move(elsewhere, step.Manifest, overwrite: true);
            File.Delete(elsewhere + ".lock");
            return found;
        }

        // A manifest of the same place tells of the command before it was edited. But if its step is in this build, the
        // task is batched and runs several commands.
        found._former = Directory.EnumerateFiles(directory, name.SamePlace)
            .Where(file => !project.Steps.ContainsKey(file))
            .OrderByDescending(File.GetLastWriteTimeUtc)
            .FirstOrDefault();
        return found;
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
    /// <param name="cancellation">Ends the check.</param>
    /// <exception cref="OperationCanceledException">The check was cancelled.</exception>
    public string? FindReason(CancellationToken cancellation)
    {
        if (_step.Check == UpToDateChecking.Off)
        {
            return "its check is off";
        }

        if (_former is not null && ManifestFile.Load(_former).Manifest is { } former)
        {
            Known = former;
            return Reason(former,
                UpToDateCheck.Check(former, _step.Identity, _step.Environment.Digests, Options, cancellation));
        }

        CheckedManifest found = UpToDateCheck.CheckFile(
            _path, _step.Identity, _step.Environment.Digests, Options, cancellation);
        Known = found.Manifest;
        return found.Result.IsUpToDate ? null
            : found.Manifest is null && !File.Exists(_path) ? "it has not run before"
            : Reason(found.Manifest, found.Result);
    }

    /// <summary>
    /// Sets the modification time of the manifest, so that it is not removed as unused. A skip writes nothing else.
    /// </summary>
    public void MarkAsUsed()
    {
        DateTime now = DateTime.UtcNow;
        if (_writesNothing || File.GetLastWriteTimeUtc(_step.Manifest) > now - TimeSpan.FromDays(1))
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

    private CheckPlan Options => new()
    {
        TimestampsOnly = _step.Check == UpToDateChecking.Timestamp,
        NoRefresh = _writesNothing,
    };
}
