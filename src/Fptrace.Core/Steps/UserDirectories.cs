namespace Fptrace.Steps;

/// <summary>
/// Where this user's files belong that no project has: the XDG Base Directory Specification, by the variables of this
/// process.
/// </summary>
/// <remarks>
/// A variable that is no absolute path is ignored, as the specification says. <see cref="EnvironmentKey"/> alone
/// differs: it goes by the variables of the step, and asks the password database for the home directory.
/// </remarks>
public static class UserDirectories
{
    /// <summary>Below a home directory.</summary>
    public const string StateBelowHome = "/.local/state";

    /// <summary>For what can be made again. Null when there is no home directory.</summary>
    public static string? Cache => Of("XDG_CACHE_HOME", "/.cache");

    /// <summary>For what cannot.</summary>
    public static string? State => Of("XDG_STATE_HOME", StateBelowHome);

    internal static bool IsAbsolute(string? path) => path is ['/', ..];

    private static string? Of(string variable, string belowHome)
    {
        string? given = Environment.GetEnvironmentVariable(variable);
        string? home = Environment.GetEnvironmentVariable("HOME");
        return IsAbsolute(given) ? given : IsAbsolute(home) ? home + belowHome : null;
    }
}
