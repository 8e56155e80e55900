namespace Fptrace.Manifests;

/// <summary>The variables of which not all counts in <see cref="EnvironmentMode.All"/>. docs/manifests.md says why of each.</summary>
/// <remarks>What is neither here nor named by the user counts with its whole value. Every change raises <see cref="Version"/>, which is part of each step.</remarks>
public static class EnvironmentRules
{
    /// <summary>Of this list, and of <see cref="TrackedEnvironment.Defaults"/>.</summary>
    public const int Version = 1;

    // Before All, which is made of it.
    private static readonly string[] s_session =
    [
        "_", "ALACRITTY_*", "COLORFGBG", "DESKTOP_SESSION", "DESKTOP_STARTUP_ID", "DOTNET_CLI_TELEMETRY_SESSIONID", "GDMSESSION",
        "GHOSTTY_*", "GIO_LAUNCHED_DESKTOP_FILE*", "GNOME_DESKTOP_SESSION_ID", "GNOME_TERMINAL_*", "INVOCATION_ID", "ITERM_*", "JOURNAL_STREAM",
        "KITTY_*", "KONSOLE_*", "LC_TERMINAL", "LC_TERMINAL_VERSION", "MANAGERPID", "MEMORY_PRESSURE_*", "OLDPWD", "SESSION_MANAGER", "SHELL_SESSION_ID", "SHLVL",
        "SSH2_CLIENT", "SSH_CLIENT", "SSH_CONNECTION", "SSH_TTY", "STY", "SYSTEMD_EXEC_PID", "TERMINAL_EMULATOR", "TERM_PROGRAM",
        "TERM_PROGRAM_VERSION", "TERM_SESSION_ID", "TILIX_ID", "TMUX", "TMUX_PANE", "VSCODE_*", "VTE_VERSION", "WEZTERM_*", "WINDOW", "WINDOWID",
        "WT_PROFILE_ID", "WT_SESSION", "XDG_ACTIVATION_TOKEN", "XDG_SEAT", "XDG_SEAT_PATH", "XDG_SESSION_*", "XDG_VTNR", "ZELLIJ*",
    ];

    private static readonly string[] s_presence =
    [
        // Ways to servers of the desktop: a run that uses one is incomplete.
        "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "GIT_ASKPASS", "GPG_AGENT_INFO", "GPG_TTY", "SSH_AGENT_PID", "SSH_ASKPASS", "SSH_AUTH_SOCK", "WAYLAND_DISPLAY",
        "WSL_INTEROP", "XAUTHORITY",

        // Build tools.
        "BERRY_BIN_FOLDER", "DOTNET_WATCH_ITERATION", "MAKE_TERMERR", "MAKE_TERMOUT", "_MSBUILDTLENABLED",

        // GitHub Actions, and what understands its workflows.
        "ACTIONS_CACHE_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ORCHESTRATION_ID", "ACTIONS_RESULTS_URL", "ACTIONS_RUNTIME_TOKEN",
        "ACTIONS_RUNTIME_URL", "GITHUB_ACTION", "GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_RUN_ATTEMPT", "GITHUB_RUN_ID", "GITHUB_STATE", "GITHUB_STEP_SUMMARY",
        "GITHUB_TOKEN", "RUNNER_NAME", "RUNNER_TRACKING_ID",

        // GitLab.
        "CI_BUILD_TOKEN", "CI_CONCURRENT_ID", "CI_CONCURRENT_PROJECT_ID", "CI_DEPENDENCY_PROXY_PASSWORD", "CI_JOB_ID", "CI_JOB_JWT*", "CI_JOB_STARTED_AT",
        "CI_JOB_TOKEN", "CI_JOB_URL", "CI_PIPELINE_URL", "CI_REGISTRY_PASSWORD", "CI_REPOSITORY_URL", "CI_RUNNER_ID",
        "CI_RUNNER_SHORT_TOKEN", "CI_RUNNER_DESCRIPTION",

        // Azure Pipelines.
        "AGENT_JOBNAME", "AGENT_NAME", "AGENT_ID", "SYSTEM_ACCESSTOKEN", "SYSTEM_JOBID", "SYSTEM_PLANID", "SYSTEM_TASKINSTANCEID", "SYSTEM_TIMELINEID", "VSTS_PROCESS_LOOKUP_ID",

        // Jenkins.
        "BUILD_URL", "EXECUTOR_NUMBER", "HUDSON_COOKIE", "JENKINS_NODE_COOKIE", "JENKINS_SERVER_COOKIE", "JOB_DISPLAY_URL", "RUN_ARTIFACTS_DISPLAY_URL",
        "RUN_CHANGES_DISPLAY_URL", "RUN_DISPLAY_URL", "RUN_TESTS_DISPLAY_URL",

        // CircleCI, Buildkite, Travis.
        "BUILDKITE_AGENT_ACCESS_TOKEN", "BUILDKITE_AGENT_ID", "BUILDKITE_AGENT_PID", "BUILDKITE_BUILD_ID", "BUILDKITE_BUILD_URL", "BUILDKITE_JOB_ID", "BUILDKITE_STEP_ID",
        "CIRCLE_BUILD_URL", "CIRCLE_OIDC_TOKEN*", "CIRCLE_WORKFLOW_ID", "CIRCLE_WORKFLOW_JOB_ID", "CIRCLE_WORKFLOW_WORKSPACE_ID", "TRAVIS_BUILD_WEB_URL",
        "TRAVIS_JOB_ID", "TRAVIS_JOB_WEB_URL",
    ];

    /// <summary>Sorted by what counts.</summary>
    public static IReadOnlyList<EnvironmentRule> All { get; } =
    [
        .. Array.ConvertAll(s_session, name => new EnvironmentRule(name, EnvironmentPart.Withheld)),
        .. Array.ConvertAll(s_presence, name => new EnvironmentRule(name, EnvironmentPart.WhetherSet)),
        new("CARGO_MAKEFLAGS", EnvironmentPart.MakeFlags),
        new("MAKEFLAGS", EnvironmentPart.MakeFlags),
        new("MFLAGS", EnvironmentPart.MakeFlags),
        new("PWD", EnvironmentPart.Directory),
        new("DOTNET_NUGET_SIGNATURE_VERIFICATION", EnvironmentPart.UnlessDefault, "True"),
        new("MSBUILDFAILONDRIVEENUMERATINGWILDCARD", EnvironmentPart.UnlessDefault, "1"),
        new("MSBuildLoadMicrosoftTargetsReadOnly", EnvironmentPart.UnlessDefault, "true"),
    ];

    private static readonly Dictionary<string, EnvironmentRule> s_byName = ByName();
    private static readonly EnvironmentRule[] s_patterns = Array.FindAll([.. All], rule => rule.Name.EndsWith('*'));

    /// <summary>Null where the whole value counts.</summary>
    internal static EnvironmentRule? Of(string name) =>
        s_byName.TryGetValue(name, out EnvironmentRule? rule) ? rule : Array.Find(s_patterns, pattern => EnvironmentNames.Matches(pattern.Name, name));

    private static Dictionary<string, EnvironmentRule> ByName()
    {
        var rules = new Dictionary<string, EnvironmentRule>(StringComparer.Ordinal);
        foreach (EnvironmentRule rule in All)
        {
            rules.Add(rule.Name, rule);
        }

        return rules;
    }
}
