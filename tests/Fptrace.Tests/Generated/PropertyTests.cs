using System.Globalization;
using Fptrace.Engine;

namespace Fptrace.Generated;

/// <summary>Random trees of commands, run by tests/programs/steps.c: the trace has the accesses that a model of the
/// file system predicts.</summary>
/// <remarks>
/// FPTRACE_PROPERTY_CASES raises the number of cases, FPTRACE_PROPERTY_SEED takes others. A failure names its seed:
/// with it and one case it fails again.
/// </remarks>
public sealed class PropertyTests
{
    private const int Batch = 150;

    private static int Cases { get; } = int.Parse(Environment.GetEnvironmentVariable("FPTRACE_PROPERTY_CASES") ?? "300",
        CultureInfo.InvariantCulture);

    private static ulong Seed { get; } = ulong.Parse(Environment.GetEnvironmentVariable("FPTRACE_PROPERTY_SEED") ?? "1",
        CultureInfo.InvariantCulture);

    [SkippableTheory]
    [AllEngines(false)]
    [AllEngines(true)]
    public void RandomCommands_MakeThePredictedAccesses(string engine, bool probes)
    {
        for (int done = 0; done < Cases; done += Batch)
        {
            ulong first = Seed + (ulong)done;
            IReadOnlyList<Step>[] cases =
                [.. Enumerable.Range(0, Math.Min(Batch, Cases - done))
                    .Select(i => new CaseGenerator(first + (ulong)i).Next())];
            string?[] wrong = PropertyRun.Check(engine, probes, cases);
            int failed = Array.FindIndex(wrong, text => text is not null);
            if (failed >= 0)
            {
                IReadOnlyList<Step> smallest = Shrinker.Shrink(cases[failed],
                    steps => PropertyRun.Check(engine, probes, [steps])[0] is not null);
                string? text = PropertyRun.Check(engine, probes, [smallest])[0] ?? "(only beside others) "
                    + wrong[failed];
                Assert.Fail(string.Create(CultureInfo.InvariantCulture,
                    $"seed {first + (ulong)failed} ({wrong.Count(one => one is not null)} of {cases.Length} cases): "
                    + $"{text}"));
            }
        }
    }
}
