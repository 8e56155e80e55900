using Fptrace.Interop;
using Fptrace.Manifests;
using Fptrace.Model;

namespace Fptrace.Commands;

/// <summary><c>fptrace run --verify</c>: runs a step a second time and tells in what its results differ.</summary>
internal static class Verification
{
    /// <summary>Exit code when they differ, or cannot be compared.</summary>
    public const int Differs = 1;

    /// <param name="run">Ran once.</param>
    /// <param name="first">Its manifest, which passes.</param>
    /// <param name="err">stderr.</param>
    public static int Run(StepRun run, Manifest first, TextWriter err)
    {
        if (Obstacle(first) is string obstacle)
        {
            err.WriteLine($"fptrace: not verified: {obstacle}, so a second run would not begin as the first did");
            return Differs;
        }

        Remove(first);
        Manifest second = run.Trace(first, left => left.ExitCode);
        if (!second.Passes)
        {
            err.WriteLine($"fptrace: the second run does not count: {second.Refusals[0]}");
            return Differs;
        }

        List<string> differences = Compare(first, second);
        foreach (string difference in differences)
        {
            err.WriteLine($"fptrace: differs: {difference}");
        }

        err.WriteLine(differences.Count == 0
            ? $"fptrace: verified: two runs made the same {second.Outputs.Count} outputs"
            : $"fptrace: not deterministic: {differences.Count} of {second.Outputs.Count} outputs differ");
        return differences.Count == 0 ? second.ExitCode : Differs;
    }

    private static string? Obstacle(Manifest manifest)
    {
        if (manifest.Observations.FirstOrDefault(observation => observation.Kind == ObservationKind.ReadModifyWrite) is { } changed)
        {
            return $"it changes what was there before ({changed.Path})";
        }

        return manifest.Deletions.Count > 0 ? $"it deletes what was there before ({manifest.Deletions[0]})" : null;
    }

    /// <summary>A command such as make does nothing while its outputs are there. Directories stay: others may have put something into them.</summary>
    private static void Remove(Manifest manifest)
    {
        foreach (StepOutput output in manifest.Outputs.Where(output => output.State.Type is FileType.Regular or FileType.Symlink))
        {
            Files.Unlink([.. StoredPath.Expand(output.Path, manifest.Step.Root).Span, 0]);
        }
    }

    private static List<string> Compare(Manifest first, Manifest second)
    {
        var differences = new List<string>();
        Dictionary<ByteString, StepOutput> old = first.Outputs.ToDictionary(output => output.Path);
        foreach (StepOutput output in second.Outputs)
        {
            if (!old.Remove(output.Path, out StepOutput? before))
            {
                differences.Add($"{output.Path}: made by the second run only");
            }
            else if (!before.State.IsSame(output.State) || before.Target != output.Target)
            {
                differences.Add(output.Path.ToString());
            }
        }

        differences.AddRange(old.Values.Where(output => output.State.Type != FileType.Directory).Select(output => $"{output.Path}: made by the first run only"));
        foreach (bool isError in new[] { false, true })
        {
            if (!Printed(first, isError).SequenceEqual(Printed(second, isError)))
            {
                differences.Add(isError ? "what it prints on stderr" : "what it prints on stdout");
            }
        }

        return differences;
    }

    private static byte[] Printed(Manifest manifest, bool isError) =>
        [.. manifest.Printed.Where(chunk => chunk.IsError == isError).SelectMany(chunk => chunk.Bytes.ToArray())];
}
