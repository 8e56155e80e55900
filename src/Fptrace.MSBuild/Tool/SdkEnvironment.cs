namespace Fptrace.MSBuild.Tool;

/// <summary>What the dotnet command line tells MSBuild's processes about the SDK, which an editor that hosts MSBuild
/// leaves out.</summary>
/// <remarks>A command may use these variables, so they count; with them set in either case the step is the same one
/// from both.</remarks>
internal static class SdkEnvironment
{
    /// <summary>Sets those that are not set, to what the command line would.</summary>
    public static void Complete(IDictionary<string, string?> environment)
    {
        string directory = Path.GetDirectoryName(typeof(Microsoft.Build.Framework.ITask).Assembly.Location) ?? "";
        string sdks = Path.Combine(directory, "Sdks");
        if (!Directory.Exists(sdks))
        {
            return;
        }

        environment.TryAdd("MSBuildExtensionsPath", directory + "/");
        environment.TryAdd("MSBuildSDKsPath", sdks);
        if (Environment.ProcessPath is { } process && Path.GetFileName(process) == "dotnet")
        {
            environment.TryAdd("DOTNET_HOST_PATH", process);
        }
    }
}
