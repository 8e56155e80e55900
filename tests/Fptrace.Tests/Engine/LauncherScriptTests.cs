using System.Globalization;
using Fptrace.Support;

namespace Fptrace.Engine;

/// <summary>Launcher scripts run the steps of a build again.</summary>
public sealed class LauncherScriptTests
{
    [SkippableFact]
    public void StepsOfMake_RunByTheirScripts_MakeTheSameFiles()
    {
        foreach (string program in (string[])["make", "gcc", "ar"])
        {
            Requires.Program(program);
        }

        using var directory = new WorkDirectory();
        string scripts = Path.Combine(directory.Results, "scripts");
        CopyProject(directory);
        TracedRun.With(directory, "auto", ["-e", "-s", scripts], ["make"]).Succeeded();
        IReadOnlyList<(string Name, string Content)> made = Files(directory);

        // The same place, with nothing made yet.
        directory.Clear();
        CopyProject(directory);
        Assert.NotEqual(made, Files(directory));
        foreach (string script in Directory.EnumerateFiles(scripts, "1-*").OrderBy(Id))
        {
            CommandResult step = CommandRunner.Run("/", [script]);
            Assert.True(step.ExitCode == 0, $"{Path.GetFileName(script)}: {step.Error}");
        }

        Assert.Equal(made, Files(directory));
    }

    private static int Id(string script) =>
        int.Parse(Path.GetFileName(script).Split('-')[1], CultureInfo.InvariantCulture);

    private static IReadOnlyList<(string Name, string Content)> Files(WorkDirectory directory) =>
        [.. Directory.EnumerateFiles(directory.Work, "*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(file =>
                (file, Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))))];

    private static void CopyProject(WorkDirectory directory)
    {
        foreach (string file in Directory.EnumerateFiles(Path.Combine(TestProgram.Folder, "project")))
        {
            File.Copy(file, directory.Path(Path.GetFileName(file)));
        }
    }
}
