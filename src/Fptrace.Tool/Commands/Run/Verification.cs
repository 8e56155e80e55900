using Fptrace.Caching;
using Fptrace.Caching.Restoring;
using Fptrace.Manifests;
using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Commands.Run;

/// <summary><c>fptrace run --verify</c>: runs a step a second time and tells how the results differ.</summary>
internal static class Verification
{
    /// <summary>The exit code when the results differ or cannot be compared.</summary>
    public const int Differs = 1;

    /// <summary>Called before the first run: keeps what that run changes and deletes, for the second run.</summary>
    /// <exception cref="FptraceException">Nothing can be kept.</exception>
    public static UndoLog Begin(StepIdentity step)
    {
        try
        {
            return UndoLog.Begin(step.Root);
        }
        catch (CacheException e)
        {
            throw new FptraceException(ExitCodes.Output, e.Message);
        }
    }

    /// <param name="run">The step, which has run once.</param>
    /// <param name="first">The manifest of that run, which counts.</param>
    /// <param name="undoLog">What stood there before that run.</param>
    /// <param name="err">stderr.</param>
    public static int Run(StepRun run, Manifest first, UndoLog undoLog, TextWriter err)
    {
        if (undoLog.TryPutBack(first) is string obstacle)
        {
            err.WriteLine($"fptrace: not verified: {obstacle}, so a second run would not begin as the first did");
            return Differs;
        }

        Manifest second = run.Trace(first, undoLog: null, left => left.ExitCode);
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

        differences.AddRange(old.Values.Select(output => $"{output.Path}: made by the first run only"));
        differences.AddRange(first.Deletions.Except(second.Deletions)
            .Select(path => $"{path}: deleted by the first run only"));
        differences.AddRange(second.Deletions.Except(first.Deletions)
            .Select(path => $"{path}: deleted by the second run only"));
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
