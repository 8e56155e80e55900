using System.Text;
using Fptrace.Manifests.Format;
using Fptrace.Model;
using Fptrace.Steps;
using Fptrace.Tracing.Names;

namespace Fptrace.Commands.Run;

/// <summary>Whether <c>fptrace run</c> needs a proxy for a check, before it looks at any file.</summary>
/// <remarks>
/// A check takes two milliseconds, and a proxy as many again. So a mount that the step has nothing to do with needs
/// none (<see cref="HoldingMounts"/>).
/// </remarks>
internal static class RunMounts
{
    /// <summary>Whether the user has named a place that lies there. A link into a mount is not foreseen.</summary>
    public static bool LeadThere(HoldingMounts mounts, RunOptions options) =>
        LeadsThere(mounts, options.Root) || LeadsThere(mounts, options.Manifest);

    /// <summary>Whether the check of a step would look there.</summary>
    public static bool LeadThere(HoldingMounts mounts, StepIdentity step, string path)
    {
        ByteString[] points = [.. mounts.Points.Select(point => StoredPath.Shorten(point, step.Root))];
        return Leads(path) || (StepRun.PathAtTerminal(step) is string other && Leads(other));

        bool Leads(string file) =>
            ManifestFile.Load(file).Manifest is { } manifest
            && (manifest.Observations.Any(one => IsThere(one.Path))
                || manifest.Outputs.Any(one => IsThere(one.Path))
                || manifest.Deletions.Any(IsThere)
                || manifest.Temporaries.Any(IsThere));

        bool IsThere(ByteString stored) =>
            Array.Exists(points, point => PathNesting.IsAtOrBelow(stored.Span, point.Span));
    }

    // The text alone decides. The working directory is not there.
    private static bool LeadsThere(HoldingMounts mounts, string? given) =>
        given is not null && mounts.Hold(Encoding.UTF8.GetBytes(Path.GetFullPath(given)));
}
