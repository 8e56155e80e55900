using System.Text;

namespace Fptrace.Steps;

/// <summary>The variables that tell known tools to leave no server behind and to use none.</summary>
/// <remarks>
/// A command that leaves a server is over only when the server ends, and fptrace does not see what a server does that
/// ran before. docs/servers.md says what each variable does. The version is part of each step: whoever changes the list
/// raises it.
/// </remarks>
public static class ServerRules
{
    /// <summary>The version of the list below. A step whose tools are told nothing has 0.</summary>
    public const int Version = 1;

    /// <summary>All rules. The tools document the names of the variables.</summary>
    public static IReadOnlyList<ServerRule> All { get; } =
    [
        // .NET. MSBuild treats every variable as a property, so UseSharedCompilation reaches the compiler targets.
        Variable("MSBUILDDISABLENODEREUSE", "1"),
        Variable("MSBUILDUSESERVER", "0"),
        Variable("DOTNET_CLI_USE_MSBUILD_SERVER", "0"),
        Variable("UseSharedCompilation", "false"),
        Variable("UseRazorBuildServer", "false"),
        Variable("DOTNET_CLI_TELEMETRY_OPTOUT", "1"),
        Variable("DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE", "true"),
        Variable("DOTNET_CLI_DISABLE_FILE_BASED_APP_ARTIFACTS_AUTOMATIC_CLEANUP", "true"),

        // Java. Depending on its version, Kotlin's plugin reads a property of the process or one of the project.
        JavaProperty("GRADLE_OPTS", "-Dorg.gradle.daemon=false"),
        JavaProperty("GRADLE_OPTS", "-Dkotlin.compiler.execution.strategy=in-process"),
        JavaProperty("GRADLE_OPTS", "-Dorg.gradle.project.kotlin.compiler.execution.strategy=in-process"),
        JavaProperty("MAVEN_OPTS", "-Dkotlin.compiler.daemon=false"),
        Variable("SBT_NATIVE_CLIENT", "false"),

        // Node.
        Variable("NX_DAEMON", "false"),
        Variable("TURBO_DAEMON", "false"),
        Variable("TURBO_TELEMETRY_DISABLED", "1"),
        Variable("NEXT_TELEMETRY_DISABLED", "1"),
        Variable("ASTRO_TELEMETRY_DISABLED", "1"),
        Variable("NG_CLI_ANALYTICS", "false"),
        Variable("NO_UPDATE_NOTIFIER", "1"),
        Variable("npm_config_update_notifier", "false"),

        // Others. sccache needs its server, so the server is told to end when it has been idle for a second.
        Variable("SCCACHE_IDLE_TIMEOUT", "1"),
        Variable("PANTS_PANTSD", "false"),
        Variable("NO_BUCKD", "1"),
        Variable("DISABLE_SPRING", "1"),
        GitSetting("core.fsmonitor", "false"),
        GitSetting("gc.autoDetach", "false"),
        GitSetting("maintenance.autoDetach", "false"),
    ];

    /// <summary>
    /// The whole entry that a command gets if the user has not set the variable. It may hold several Java properties.
    /// </summary>
    internal static byte[] EntryOf(string name)
    {
        var entry = new StringBuilder(name);
        foreach (ServerRule rule in All)
        {
            if (rule.Name == name)
            {
                entry.Append(entry.Length == name.Length ? '=' : ' ').Append(rule.Value);
            }
        }

        return Encoding.UTF8.GetBytes(entry.ToString());
    }

    private static ServerRule Variable(string name, string value) => new(ServerRuleKind.Variable, name, value);

    private static ServerRule JavaProperty(string name, string value) => new(ServerRuleKind.JavaProperty, name, value);

    private static ServerRule GitSetting(string name, string value) => new(ServerRuleKind.GitSetting, name, value);
}
