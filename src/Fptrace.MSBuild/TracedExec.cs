using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Fptrace.MSBuild.Choices;
using Fptrace.MSBuild.State;
using Fptrace.MSBuild.Tool;
using Fptrace.Manifests;
using Fptrace.Manifests.Format;
using Microsoft.Build.Framework;

namespace Fptrace.MSBuild;

/// <summary>MSBuild's Exec, skipped while nothing has changed that the command used in its last run.</summary>
/// <remarks>
/// It derives from Exec, so its parameters, messages and errors are those of the MSBuild that runs it. It adds to three
/// hooks of Exec: SkipTaskExecution checks the manifest, GetProcessStartInfo puts the tracing tool in front of the
/// shell, and ExecuteTool evaluates the run.
/// </remarks>
[MSBuildMultiThreadableTask]
[SuppressMessage("Design", "CA1001",
    Justification =
        "A source of cancellation without a timer holds nothing, and MSBuild may cancel a task that has ended.")]
public partial class TracedExec : Microsoft.Build.Tasks.Exec
{
    private const string OnlyLinux = "only Linux can be traced";

    private readonly CancellationTokenSource _cancelled = new();
    private ProjectState _project = new(StepSettings.Default);

    /// <summary>Null if nothing can be recorded.</summary>
    private TracedStep? _step;

    /// <summary>Null if this run is not traced.</summary>
    private TracingTool? _tool;

    private StepRecord? _record;
    private StepLock? _lock;
    private bool _failed;

    public override bool Execute()
    {
        try
        {
            return base.Execute() && !_failed;
        }
        finally
        {
            _lock?.Dispose();
        }
    }

    /// <summary>Cancels the check and the use of the cache, too, not only the command.</summary>
    public override void Cancel()
    {
        _cancelled.Cancel();
        base.Cancel();
    }

    protected override bool ValidateParameters() =>
        // Use the log of Task and not that of Exec: ToolTask looks there whether an error was logged.
        base.ValidateParameters()
            && Choice.Validate(((Microsoft.Build.Utilities.Task)this).Log, "",
                new(UpToDateCheck, CacheMode, EnvironmentMode, AllowNetwork, DefaultIgnores, Servers));

    protected override bool SkipTaskExecution()
    {
        try
        {
            return Skip();
        }
        catch (OperationCanceledException)
        {
            // The command has not started. MSBuild reports itself that the build was cancelled.
            _failed = true;
            return true;
        }
    }

    /// <summary>Logs why the command runs, before Exec logs the command.</summary>
    /// <remarks>With UseCommandProcessor, Exec calls this twice.</remarks>
    protected override void LogToolCommand(string message)
    {
        if (_record is not null && _tool is null)
        {
            _tool = TracingTool.Find(_project.Settings, Build, out string? reason);
            if (_tool is null)
            {
                SayUntraced(reason);
            }
            else
            {
                SayFallback(reason);

                // The next message shows the command, which identifies the step, unless the command is secret.
                Log.LogMessage(MessageImportance.Normal, EchoOff
                    ? "Traced step {1} runs because {0}."
                    : "Traced step runs because {0}.", UpToDateReason, _step!.Title);
                _project.Outcomes.Enqueue(new StepOutcome(StepVerdict.Ran, UpToDateReason));
            }
        }

        base.LogToolCommand(message);
    }

    protected override int ExecuteTool(string pathToTool, string responseFileCommands, string commandLineCommands)
    {
        int exitCode = base.ExecuteTool(pathToTool, responseFileCommands, commandLineCommands);
        if (_tool is not null)
        {
            Finish(_step!, exitCode);
        }

        return exitCode;
    }

    /// <summary>Puts the tool in front of the shell, and completes the environment.</summary>
    /// <remarks>
    /// Exec checks the length of the command line before this adds the tool's arguments, so they do not count.
    /// </remarks>
    protected override ProcessStartInfo GetProcessStartInfo(string pathToTool, string commandLineCommands,
        string responseFileSwitch)
    {
        ProcessStartInfo start = base.GetProcessStartInfo(pathToTool, commandLineCommands, responseFileSwitch);
        if (OperatingSystem.IsLinux())
        {
            SdkEnvironment.Complete(start.Environment);
        }

        if (_tool is not null)
        {
            start.Arguments = _tool.Arguments(_step!, pathToTool) + start.Arguments;
            start.FileName = _tool.FileName;
        }

        return start;
    }

    /// <summary>
    /// Null while <see cref="TryFindStart"/> asks for the project's directory: Exec then starts in that.
    /// </summary>
    protected override string GetWorkingDirectory() => _asksForProject ? null! : base.GetWorkingDirectory();

    private bool Skip()
    {
        if (!OperatingSystem.IsLinux())
        {
            SayUntraced(OnlyLinux);
            return base.SkipTaskExecution();
        }

        if (!TryFindStart(out string projectDirectory, out ProcessStartInfo? start))
        {
            // The working directory is missing. Exec logs an error when it tries to start the command.
            return base.SkipTaskExecution();
        }

        _project = Build.Project(ProjectKey.Of(BuildEngine, projectDirectory), BuildEngine.ProjectFileOfTaskNode ?? "");
        if (!TracingTool.IsLinux(_project.Settings.RuntimeIdentifier))
        {
            SayUntraced(OnlyLinux);
            return base.SkipTaskExecution();
        }

        _step = TracedStep.Plan(this, _project, projectDirectory, start);
        if (OuterTrace.Exists())
        {
            // This step's own check would read files here and not in the command, so the outer trace would miss what
            // the command depends on.
            SayUntraced("fptrace traces the whole build already");
            _observed = ManifestFile.Load(_step.Manifest).Manifest;
            return base.SkipTaskExecution();
        }

        DeclaredTarget? declared = _project.Settings.Audit ? DeclaredTarget.Of(BuildEngine) : null;
        _lock = FailIfNotIncremental ? null : StepLock.Take(_step.LockFile, ToolCanceled);
        StepManifest manifest = StepManifest.Find(_step, _project, writesNothing: FailIfNotIncremental);
        _record = _project.Steps[_step.Manifest] = new StepRecord(_step.Manifest, declared);
        if (manifest.FindReason(_cancelled.Token) is not { } reason)
        {
            UpToDate = true;
            Log.LogMessage(MessageImportance.Normal, "Traced step is up to date and was skipped: {0}", _step.Title);
            _project.Outcomes.Enqueue(new StepOutcome(StepVerdict.Skipped, ""));
            manifest.MarkAsUsed();
            Observe(manifest.Known!);
            Replay(manifest.Known!);
            return true;
        }

        UpToDateReason = reason;
        if (FailIfNotIncremental && _step.Check != UpToDateChecking.Off)
        {
            Log.LogError(null, Codes.NotUpToDate, null, null, 0, 0, 0, 0, "The traced step must run because {0}: {1}",
                reason, _step.Title);
            _failed = true;
            return true;
        }

        return (_step.Check != UpToDateChecking.Off && TryRestore(_step, manifest.Known, reason))
            || base.SkipTaskExecution();
    }

    private void Finish(TracedStep step, int exitCode)
    {
        ManifestLoad load = ManifestFile.Load(step.Manifest);
        if (load.Manifest is not { } manifest)
        {
            Log.LogMessage(MessageImportance.Low, "The traced step will run again next time: {0}", load.Reason);
            return;
        }

        // The tool knows only the exit code of the command. It also could not tell the result if the build was
        // cancelled or the time was up, because it was killed.
        if (exitCode != 0 && manifest.Passes)
        {
            manifest =
                manifest with
                {
                    Refusals = [ToolCanceled.WaitOne(0)
                        ? "the last run was cancelled"
                        : $"the last run failed with exit code {exitCode}"],
                };
            ManifestFile.Save(step.Manifest, manifest);
        }

        Observe(manifest);
        if (manifest.Passes)
        {
            StepManifest.RemoveSuperseded(step, _project, manifest);
            Publish(step, manifest);
            Log.LogMessage(MessageImportance.Low, "Recorded {0} observations and {1} outputs in {2}",
                manifest.Observations.Count, manifest.Outputs.Count, step.Manifest);
        }
        else
        {
            Log.LogMessage(MessageImportance.Low, "The traced step will run again next time: {0}",
                RemedyWords.With(manifest.Refusals[0]));
        }
    }

    private void Observe(Manifest manifest)
    {
        _observed = manifest;
        _record!.Remember(manifest);
    }

    /// <summary>
    /// Logs what the command printed in its last run as Exec would: with warnings and errors, and into ConsoleOutput.
    /// </summary>
    private void Replay(Manifest manifest)
    {
        foreach (PrintedLine line in PrintedLine.Split(manifest.Printed, StandardOutputEncoding, StandardErrorEncoding))
        {
            if (line.IsError && LogStandardErrorAsError)
            {
                Log.LogError(line.Text);
            }
            else
            {
                LogEventsFromTextOutput(line.Text, line.IsError
                    ? StandardErrorImportanceToUse
                    : StandardOutputImportanceToUse);
            }
        }

        _failed = HasLoggedErrors;
    }
}
