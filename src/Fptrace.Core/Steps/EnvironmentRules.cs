namespace Fptrace.Steps;

/// <summary>The variables of which not everything counts in <see cref="EnvironmentMode.All"/>.</summary>
/// <remarks>
/// docs/manifests.md gives the reason for each. A variable that neither this list nor the user names counts with its
/// whole value. Whoever changes the list raises <see cref="Version"/>, which is part of each step.
/// </remarks>
public static class EnvironmentRules
{
    /// <summary>The version of this list and of <see cref="TrackedEnvironment.Defaults"/>.</summary>
    public const int Version = 1;

    // Set by a session, terminal or desktop for itself.
    private static readonly SortedNames s_session = new(
        [
            "COLORFGBG", "DESKTOP_SESSION", "DESKTOP_STARTUP_ID", "DOTNET_CLI_TELEMETRY_SESSIONID", "GDMSESSION",
            "GNOME_DESKTOP_SESSION_ID",
            "INVOCATION_ID", "JOURNAL_STREAM", "LC_TERMINAL", "LC_TERMINAL_VERSION", "MANAGERPID", "OLDPWD",
            "SESSION_MANAGER",
            "SHELL_SESSION_ID", "SHLVL", "SSH2_CLIENT", "SSH_CLIENT", "SSH_CONNECTION", "SSH_TTY", "STY",
            "SYSTEMD_EXEC_PID",
            "TERMINAL_EMULATOR", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "TERM_SESSION_ID", "TILIX_ID", "TMUX",
            "TMUX_PANE", "VTE_VERSION",
            "WINDOW", "WINDOWID", "WT_PROFILE_ID", "WT_SESSION", "XDG_ACTIVATION_TOKEN", "XDG_SEAT", "XDG_SEAT_PATH",
            "XDG_VTNR", "_",
        ],
        [
            "ALACRITTY_*", "GHOSTTY_*", "GIO_LAUNCHED_DESKTOP_FILE*", "GNOME_TERMINAL_*", "ITERM_*", "KITTY_*",
            "KONSOLE_*",
            "MEMORY_PRESSURE_*", "VSCODE_*", "WEZTERM_*", "XDG_SESSION_*", "ZELLIJ*",
        ]);

    // Addresses of servers of the desktop (a run that uses one is incomplete), and what build tools and CI systems set
    // anew for each run.
    private static readonly SortedNames s_presence = new(
        [
            "ACTIONS_CACHE_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL",
            "ACTIONS_ORCHESTRATION_ID",
            "ACTIONS_RESULTS_URL", "ACTIONS_RUNTIME_TOKEN", "ACTIONS_RUNTIME_URL", "AGENT_ID", "AGENT_JOBNAME",
            "AGENT_NAME",
            "BERRY_BIN_FOLDER", "BUILDKITE_AGENT_ACCESS_TOKEN", "BUILDKITE_AGENT_ID", "BUILDKITE_AGENT_PID",
            "BUILDKITE_BUILD_ID",
            "BUILDKITE_BUILD_URL", "BUILDKITE_JOB_ID", "BUILDKITE_STEP_ID", "BUILD_URL", "CIRCLE_BUILD_URL",
            "CIRCLE_WORKFLOW_ID",
            "CIRCLE_WORKFLOW_JOB_ID", "CIRCLE_WORKFLOW_WORKSPACE_ID", "CI_BUILD_TOKEN", "CI_CONCURRENT_ID",
            "CI_CONCURRENT_PROJECT_ID",
            "CI_DEPENDENCY_PROXY_PASSWORD", "CI_JOB_ID", "CI_JOB_STARTED_AT", "CI_JOB_TOKEN", "CI_JOB_URL",
            "CI_PIPELINE_URL",
            "CI_REGISTRY_PASSWORD", "CI_REPOSITORY_URL", "CI_RUNNER_DESCRIPTION", "CI_RUNNER_ID",
            "CI_RUNNER_SHORT_TOKEN",
            "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "DOTNET_WATCH_ITERATION", "EXECUTOR_NUMBER", "GITHUB_ACTION",
            "GITHUB_ENV", "GITHUB_OUTPUT",
            "GITHUB_PATH", "GITHUB_RUN_ATTEMPT", "GITHUB_RUN_ID", "GITHUB_STATE", "GITHUB_STEP_SUMMARY", "GITHUB_TOKEN",
            "GIT_ASKPASS",
            "GPG_AGENT_INFO", "GPG_TTY", "HUDSON_COOKIE", "JENKINS_NODE_COOKIE", "JENKINS_SERVER_COOKIE",
            "JOB_DISPLAY_URL", "MAKE_TERMERR",
            "MAKE_TERMOUT", "RUNNER_NAME", "RUNNER_TRACKING_ID", "RUN_ARTIFACTS_DISPLAY_URL", "RUN_CHANGES_DISPLAY_URL",
            "RUN_DISPLAY_URL",
            "RUN_TESTS_DISPLAY_URL", "SSH_AGENT_PID", "SSH_ASKPASS", "SSH_AUTH_SOCK", "SYSTEM_ACCESSTOKEN",
            "SYSTEM_JOBID", "SYSTEM_PLANID",
            "SYSTEM_TASKINSTANCEID", "SYSTEM_TIMELINEID", "TRAVIS_BUILD_WEB_URL", "TRAVIS_JOB_ID", "TRAVIS_JOB_WEB_URL",
            "VSTS_PROCESS_LOOKUP_ID", "WAYLAND_DISPLAY", "WSL_INTEROP", "XAUTHORITY", "_MSBUILDTLENABLED",
        ],
        ["CIRCLE_OIDC_TOKEN*", "CI_JOB_JWT*"]);

    private static readonly EnvironmentRule[] s_others =
    [
        new("CARGO_MAKEFLAGS", EnvironmentPart.MakeFlags),
        new("MAKEFLAGS", EnvironmentPart.MakeFlags),
        new("MFLAGS", EnvironmentPart.MakeFlags),
        new("PWD", EnvironmentPart.Directory),
        new("DOTNET_NUGET_SIGNATURE_VERIFICATION", EnvironmentPart.UnlessDefault, "True"),
        new("MSBUILDFAILONDRIVEENUMERATINGWILDCARD", EnvironmentPart.UnlessDefault, "1"),
        new("MSBuildLoadMicrosoftTargetsReadOnly", EnvironmentPart.UnlessDefault, "true"),
    ];

    /// <summary>All rules: first those for withheld variables, then those for presence, then the others.</summary>
    public static IReadOnlyList<EnvironmentRule> All =>
    [
        .. s_session.All.Select(name => new EnvironmentRule(name, EnvironmentPart.Withheld)),
        .. s_presence.All.Select(name => new EnvironmentRule(name, EnvironmentPart.WhetherSet)),
        .. s_others,
    ];

    internal static EnvironmentPart PartOf(string name) =>
        s_session.Holds(name) ? EnvironmentPart.Withheld
        : s_presence.Holds(name) ? EnvironmentPart.WhetherSet
        : Other(name)?.Part ?? EnvironmentPart.Whole;

    /// <summary>With <see cref="EnvironmentPart.UnlessDefault"/>: the value that does not count.</summary>
    internal static string DefaultOf(string name) => Other(name)?.Default ?? "";

    private static EnvironmentRule? Other(string name) => Array.Find(s_others, rule => rule.Name == name);
}
