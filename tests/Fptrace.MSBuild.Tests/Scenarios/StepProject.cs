using Fptrace.MSBuild.Support;

namespace Fptrace.MSBuild.Scenarios;

/// <summary>A project with one step and nothing else: <c>sh step.sh</c> joins what is in a directory to one
/// file.</summary>
internal sealed class StepProject : IDisposable
{
    public const string Join = "sh step.sh";

    public StepProject(PackageFeed feed, string name = "work")
    {
        Workspace = new BuildWorkspace(feed, name);
        Workspace.Write("step.sh", "cat parts/*.txt > out.txt\n");
        Workspace.Write("parts/1.txt", "one\n");
        Workspace.Write("parts/2.txt", "two\n");
        WriteProject($"<TracedExec Command=\"{Join}\" />");
    }

    public BuildWorkspace Workspace { get; }

    public void WriteProject(string build, string properties = "", string file = "step.proj") => Workspace.Write(
        file, $"""
        <Project DefaultTargets="Build">
          <PropertyGroup>
            <IntermediateOutputPath>obj/</IntermediateOutputPath>
            {properties}
          </PropertyGroup>
          <Target Name="Build">
            {build}
          </Target>
          {Workspace.Import}
        </Project>
        """);

    public BuildLog Build(params string[] arguments) => Workspace.Build(["step.proj", .. arguments]);

    public BuildLog Run(params string[] arguments) => Workspace.Run("build", "", ["step.proj", .. arguments]);

    public void Dispose() => Workspace.Dispose();
}
