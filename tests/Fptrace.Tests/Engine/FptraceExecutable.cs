namespace Fptrace.Engine;

/// <summary>The tool under test: beside the tests, as its own executable where the build made one.</summary>
internal static class FptraceExecutable
{
    /// <summary>The words that start it.</summary>
    public static IReadOnlyList<string> Command { get; } = Find();

    /// <summary>Compiled ahead of time: there is no assembly beside it.</summary>
    public static bool IsNative => Command is [var path] && !File.Exists(path + ".dll");

    private static string[] Find()
    {
        // A path to another build of the tool, such as the ahead-of-time compiled one.
        if (Environment.GetEnvironmentVariable("FPTRACE_UNDER_TEST") is { Length: > 0 } given)
        {
            return [given];
        }

        string apphost = Path.Combine(AppContext.BaseDirectory, "fptrace");
        return File.Exists(apphost) ? [apphost] : ["dotnet", apphost + ".dll"];
    }
}
