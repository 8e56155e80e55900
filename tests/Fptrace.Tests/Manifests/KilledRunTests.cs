using System.Diagnostics;
using Fptrace.Engine;
using Fptrace.Manifests.Checking;

namespace Fptrace.Manifests;

public sealed class KilledRunTests
{
    private const int Kills = 30;

    /// <summary>Whenever it dies, a manifest that passes is one whose outputs are right.</summary>
    [SkippableFact]
    public void KilledAtRandomMoments_NeverPassesWithWrongOutputs()
    {
        var random = new Random(7);
        using var scenario = new RunScenario("sh", "-c", "cat in > out; cat in >> out; cat in >> out");
        string[] command = [.. FptraceExecutable.Command, "run", "--quiet", "--root", scenario.Directory.Work,
            "--manifest", scenario.Manifest, "--", .. scenario.Command];
        scenario.Directory.Write("in", "0\n");
        var watch = Stopwatch.StartNew();
        scenario.Run();
        double whole = watch.Elapsed.TotalMilliseconds;
        int passed = 0;
        for (int kill = 1; kill <= Kills; kill++)
        {
            scenario.Directory.Write("in", $"{kill}\n");
            using (Process process = CommandRunner.Start(scenario.Directory.Work, command))
            {
                Thread.Sleep((int)(random.NextDouble() * whole * 1.2));
                process.Kill();
                CommandRunner.Finish(process, command);
            }

            if (UpToDateCheck.CheckFile(scenario.Manifest).Result.IsUpToDate)
            {
                passed++;
                Assert.Equal($"{kill}\n{kill}\n{kill}\n", File.ReadAllText(scenario.Directory.Path("out")));
            }
        }

        scenario.Run();
        Assert.Equal($"{Kills}\n{Kills}\n{Kills}\n", File.ReadAllText(scenario.Directory.Path("out")));
        Assert.Equal(RunScenario.Skipped, scenario.Run());
        Assert.InRange(passed, 0, Kills);
    }
}
