using System.Diagnostics;
using Fptrace.Engine;

namespace Fptrace.Caching;

/// <summary>SIGKILL at any moment. A few rounds; build/crash does hundreds.</summary>
public sealed class KilledRunTests : IDisposable
{
    private const int Rounds = 6;
    private readonly CachedRun _run = new();

    [SkippableFact]
    public void KilledStoreRestoreAndCollection_NextRunIsRightAndTheStoreSound()
    {
        string[] command = ["sh", "-c",
            "mkdir -p out; for i in 1 2 3 4 5 6 7 8; do cp in out/$i; done; head -c 500000 /dev/zero | tr '\\0' "
            + "\"$(cat in)\" > big"];
        string[] collect = [.. FptraceExecutable.Command, "cache", "gc", "--size", "0", _run.Store];
        _run.Write("in", "x");
        var watch = Stopwatch.StartNew();
        CachedRun.AssertRan(_run.Run(command));
        var chance = new Random(3);
        int longest = (int)watch.ElapsedMilliseconds;
        for (int round = 0; round < Rounds; round++)
        {
            string text = round % 2 == 0 ? "x" : "y";
            _run.Write("in", text);
            File.Delete(_run.At("big"));
            string[] victim = round % 4 == 3 ? collect : [.. _run.Prefix, "--", .. command];
            using (Process process = CommandRunner.Start(_run.Root, victim))
            {
                // Whatever it was doing by then: no moment is the wrong one.
                Thread.Sleep(chance.Next(longest));
                process.Kill();
                process.WaitForExit();
            }

            _run.AssertSound();
            Assert.Equal(0, _run.Run(command).ExitCode);
            Assert.All(Enumerable.Range(1, 8), i => Assert.Equal(text, _run.Read($"out/{i}")));
            Assert.Equal(new string(text[0], 500_000), _run.Read("big"));
        }
    }

    public void Dispose() => _run.Dispose();
}
