using Fptrace.Engine;

namespace Fptrace.Manifests;

/// <summary><c>fptrace run</c> inside a command that fptrace runs.</summary>
public sealed class InnerRunTests
{
    private static string Inner => string.Join(' ', [.. FptraceExecutable.Command, "run", "--no-config"]);

    [SkippableFact]
    public void MakefileThatUsesIt_IsSeenThroughByTheOuterRun()
    {
        using var scenario = new RunScenario("sh", "-c",
            $"{Inner} -- sh -c 'ls gen; cat in > out; echo warning >&2'; {Inner} -q -- cp out copy; exec {Inner} -q "
            + "-- sh -c 'test -e out'");
        scenario.Directory.Write("in", "text\n");
        Directory.CreateDirectory(scenario.Directory.Path("gen"));
        scenario.RunTwice();
        Assert.StartsWith("warning\nfptrace: ", scenario.Last.Error, StringComparison.Ordinal);
        scenario.Directory.Write("in", "other\n");
        scenario.RunsBecause("input changed: in");
        Assert.Equal("other\n", File.ReadAllText(scenario.Directory.Path("copy")));
        scenario.Directory.Write("gen/new", "");
        scenario.RunsBecause("directory gained: gen/new");
        File.Delete(scenario.Directory.Path("out"));
        scenario.RunsBecause("output missing: out");
    }

    [SkippableFact]
    public void FailureInside_IsTheOuterOnesToo()
    {
        using var scenario = new RunScenario("sh", "-c", $"{Inner} -q -- sh -c 'exit 7'");
        scenario.Run(exitCode: 7);
        Assert.Equal("the last run failed with exit code 7", scenario.Refusal());
    }

    [SkippableFact]
    public void ManifestOfTheInnerStep_StaysAsItWas()
    {
        using var inner = new RunScenario("cp", "in", "out");
        inner.Directory.Write("in", "text\n");
        inner.RunTwice();
        byte[] known = File.ReadAllBytes(inner.Manifest);
        inner.Launcher = [.. FptraceExecutable.Command, "run", "-q", "--root", inner.Directory.Work, "--manifest",
            inner.Manifest + ".outer", "--"];
        inner.Directory.Write("in", "other\n");
        CommandResult result = CommandRunner.Run(inner.Directory.Work, inner.CommandLine);
        Assert.Equal("", result.Error);
        Assert.Equal(known, File.ReadAllBytes(inner.Manifest));
        inner.Launcher = [];
        inner.RunsBecause("input changed: in");
    }
}
