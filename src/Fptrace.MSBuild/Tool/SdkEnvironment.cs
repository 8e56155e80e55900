namespace Fptrace.MSBuild.Tool;

/// <summary>
/// The variables that the dotnet command line sets for MSBuild, but an editor that hosts MSBuild does not.
/// </summary>
/// <remarks>
/// A command may use these variables, so they count. With all of them set, a step is the same one in both cases.
/// </remarks>
internal static class SdkEnvironment
{
    /// <summary>Sets the variables that are missing, to the values that the command line would use.</summary>
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
