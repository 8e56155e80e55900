namespace Fptrace.Support;

/// <summary>What a test needs from the machine. Where it is missing the test skips visibly, and under CI=true it
/// fails.</summary>
/// <remarks>The test must be a <c>[SkippableFact]</c> or a <c>[SkippableTheory]</c>.</remarks>
internal static class Requires
{
    /// <summary>An executable in PATH.</summary>
    public static void Program(string name) => That(InPath(name), $"needs the program {name} in PATH");

    public static void That(bool available, string need)
    {
        if (!available && Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Fail($"{need}, and under CI nothing may be missing");
        }

        Skip.IfNot(available, need);
    }

    public static bool InPath(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Any(directory => File.Exists(Path.Combine(directory, name)));
}
