using Fptrace.MSBuild.Support;

namespace Fptrace.MSBuild.Scenarios;

/// <summary>A task that is cancelled where nothing runs that a signal would end: while it checks, or restores from the
/// cache.</summary>
[Collection(PackageCollection.Name)]
public sealed class CancelTests(PackageFeed feed)
{
    [Fact]
    public void Restoration_Cancelled_LeavesEverythingAsItWas()
    {
        using var place = new BuildWorkspace(feed);
        place.Write("in", "one\n");
        Assert.True(Run(place, _ => { }).Succeeded);
        place.Write("in", "two\n");
        Assert.True(Run(place, _ => { }).Succeeded);
        string manifest = place.Read("step.json");

        place.Write("in", "one\n");
        (bool succeeded, TracedExec task, LoneEngine engine) = Run(place, task => task.Cancel());
        Assert.Equal((false, false, false), (succeeded, task.UpToDate, task.RestoredFromCache));
        Assert.Empty(engine.Errors);
        Assert.Equal(("two\n", manifest), (place.Read("out"), place.Read("step.json")));
        Assert.Equal(["cache", "in", "out", "step.json", "step.json.lock"], Files(place));

        (succeeded, task, _) = Run(place, _ => { });
        Assert.Equal((true, true), (succeeded, task.RestoredFromCache));
        Assert.Equal("one\n", place.Read("out"));
    }

    private static IEnumerable<string> Files(BuildWorkspace place) => Directory.EnumerateFileSystemEntries(place.Root)
        .Select(path => Path.GetFileName(path))
        .Where(name => !name.StartsWith("Directory.", StringComparison.Ordinal)
            && name is not "nuget.config" and not "step.json.run")
        .Order(StringComparer.Ordinal);

    private (bool Succeeded, TracedExec Task, LoneEngine Engine) Run(BuildWorkspace place, Action<TracedExec> before)
    {
        var engine = new LoneEngine();
        string directory = Directory.GetCurrentDirectory();
        Assert.True(new ConfigureTracedSteps
        {
            BuildEngine = engine,
            ProjectFile = Path.Combine(directory, "step.proj"),
            ProjectDirectory = directory,
            ManifestDirectory = place.Path("manifests"),
            ToolPath = Path.Combine(feed.Unpacked, "tools/any/fptrace.dll"),
            RuntimeIdentifier = "linux-x64",
        }.Execute());
        var task = new TracedExec
        {
            BuildEngine = engine,
            Command = "cat in > out",
            WorkingDirectory = place.Root,
            Root = place.Root,
            Manifest = place.Path("step.json"),
            CacheDirectory = place.Path("cache"),
        };
        before(task);
        return (task.Execute(), task, engine);
    }
}
