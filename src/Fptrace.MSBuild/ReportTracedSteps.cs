using System.Globalization;
using Fptrace.MSBuild.State;
using Microsoft.Build.Framework;

namespace Fptrace.MSBuild;

/// <summary>Ends a project: reports its traced steps in one line, and removes unused manifests.</summary>
/// <remarks>
/// The line has high importance, so console loggers show it in every build. Below the verbosity <c>detailed</c> the
/// terminal logger shows no messages of projects, whatever their importance. A warning would be shown, but nothing is
/// wrong.
/// </remarks>
[MSBuildMultiThreadableTask]
public sealed class ReportTracedSteps : ProjectTask
{
    /// <summary>How many reasons the line contains.</summary>
    private const int MostReasons = 3;

    [Required]
    public string ManifestDirectory { get; set; } = "";

    /// <summary>Days after which an unused manifest is removed; 0 for never.</summary>
    public int ManifestAge { get; set; }

    /// <summary>
    /// How many manifests to keep for each task in the project besides those of this build; 0 for all.
    /// </summary>
    public int ManifestLimit { get; set; }

    /// <summary>Whether to report the line.</summary>
    public bool Summary { get; set; } = true;

    public override bool Execute()
    {
        ProjectState project = Project;
        var outcomes = new List<StepOutcome>();
        while (project.Outcomes.TryDequeue(out StepOutcome? outcome))
        {
            outcomes.Add(outcome);
        }

        if (outcomes.Count > 0)
        {
            if (Summary)
            {
                Log.LogMessage(MessageImportance.High, "{0}: {1}", Path.GetFileNameWithoutExtension(ProjectFile),
                    Summarize(outcomes));
            }

            int removed = UnusedManifests.Remove(project, ManifestDirectory, ManifestAge, ManifestLimit);
            if (removed > 0)
            {
                Log.LogMessage(MessageImportance.Low,
                    "Removed {0} manifests that no build has used for long.", removed);
            }
        }

        return true;
    }

    /// <summary>Such as <c>5 traced steps: 4 skipped, 1 ran: input changed: x</c>.</summary>
    internal static string Summarize(IReadOnlyList<StepOutcome> outcomes)
    {
        string[] counts =
        [
            .. Count(outcomes, StepVerdict.Skipped, "skipped"),
            .. Count(outcomes, StepVerdict.Restored, "restored from the cache"),
            .. Count(outcomes, StepVerdict.Ran, "ran"),
        ];
        string[] reasons = [.. outcomes.Where(outcome => outcome.Verdict == StepVerdict.Ran)
            .Select(outcome => outcome.Reason).Distinct(StringComparer.Ordinal)];
        string why = string.Join("; ", reasons.Take(MostReasons)) + (reasons.Length > MostReasons ? "; ..." : "");
        return string.Create(CultureInfo.InvariantCulture,
            $"{outcomes.Count} traced step{(outcomes.Count == 1 ? "" : "s")}: "
            + $"{string.Join(", ", counts)}{(why.Length > 0 ? ": " : "")}{why}");
    }

    private static IEnumerable<string> Count(IReadOnlyList<StepOutcome> outcomes, StepVerdict verdict, string words)
    {
        int count = outcomes.Count(outcome => outcome.Verdict == verdict);
        return count == 0 ? [] : [string.Create(CultureInfo.InvariantCulture, $"{count} {words}")];
    }
}
