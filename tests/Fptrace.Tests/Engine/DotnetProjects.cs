namespace Fptrace.Engine;

/// <summary>A restored library and a project of two parallel steps, with a home of their own.</summary>
public sealed class DotnetProjects : IDisposable
{
    /// <summary>Tests that build one after the other: a node of MSBuild ends at once where as many run as there are
    /// processors.</summary>
    public const string Builds = "dotnet builds";

    // Each waits until the other one has begun, so it takes two nodes.
    private const string Step = """
        <Project><Target Name="Build">
          <Exec Command="echo > $(Name).began; until test -e a.began &amp;&amp; test -e b.began; do sleep 0.05; done; echo > $(Name).out" />
        </Target></Project>
        """;

    private const string Both = """
        <Project><Target Name="Build">
          <ItemGroup><Steps Include="step.proj" AdditionalProperties="Name=a" /><Steps Include="step.proj" AdditionalProperties="Name=b" /></ItemGroup>
          <MSBuild Projects="@(Steps)" BuildInParallel="true" />
        </Target></Project>
        """;

    // On a busy machine even this takes minutes.
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    public DotnetProjects()
    {
        Directory = new WorkDirectory();
        foreach (string folder in (string[])["home", "tmp", "library"])
        {
            System.IO.Directory.CreateDirectory(Directory.Path(folder));
        }

        Directory.Write("nuget.config", "<configuration><packageSources><clear /></packageSources></configuration>");
        Directory.Write("library/library.csproj",
            "<Project Sdk=\"Microsoft.NET.Sdk\">"
            + "<PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>");
        Directory.Write("library/Library.cs", "public class Library { }");
        Directory.Write("both.proj", Both);
        Directory.Write("step.proj", Step);
        CommandResult restored = CommandRunner.Run(Directory.Work,
            [.. Alone("none"), "dotnet", "restore", "library", "-nodeReuse:false"], s_limit);
        Assert.True(restored.ExitCode == 0, restored.Output + restored.Error);
    }

    /// <summary>Their place and that of the traces.</summary>
    internal WorkDirectory Directory { get; }

    /// <summary>Made by building the library.</summary>
    internal string Library => Directory.Path("library/bin/Debug/net10.0/library.dll");

    /// <summary>Starts a command that shares neither files nor servers with the rest of the machine; all that it leaves
    /// behind can be told by <paramref name="id"/>.</summary>
    internal IReadOnlyList<string> Alone(string id)
    {
        // dotnet test sets variables for its own MSBuild, and whoever started it may want no servers.
        IEnumerable<string> foreign = from string name in Environment.GetEnvironmentVariables().Keys
                                      where name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)
                                          || name is "UseSharedCompilation" or "SharedCompilationId"
                                      from word in (string[])["-u", name]
                                      select word;
        string home = Directory.Path("home");
        return
        [
            "env", .. foreign,
            $"HOME={home}", $"DOTNET_CLI_HOME={home}", $"TMPDIR={Directory.Path("tmp")}", "DOTNET_NOLOGO=1",
            "DOTNET_CLI_TELEMETRY_OPTOUT=1", "DOTNET_CLI_UI_LANGUAGE=en",
            "DOTNET_GENERATE_ASPNET_CERTIFICATE=0", "DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE=1",
            "DOTNET_CLI_USE_MSBUILD_SERVER=0", $"MSBUILDNODEHANDSHAKESALT={id}",
        ];
    }

    /// <summary>Before another build: nothing is there that it makes.</summary>
    internal void Clean()
    {
        foreach (string folder in (string[])["library/bin", "library/obj/Debug"])
        {
            if (System.IO.Directory.Exists(Directory.Path(folder)))
            {
                System.IO.Directory.Delete(Directory.Path(folder), recursive: true);
            }
        }

        foreach (string file in (string[])["a.began", "b.began", "a.out", "b.out"])
        {
            File.Delete(Directory.Path(file));
        }
    }

    public void Dispose() => Directory.Dispose();
}
