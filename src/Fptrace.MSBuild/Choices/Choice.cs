using Fptrace.Caching;
using Fptrace.Steps;
using Microsoft.Build.Utilities;

namespace Fptrace.MSBuild.Choices;

/// <summary>Parses parameters that take one of a few words, in upper or lower case. Empty means the default.</summary>
internal static class Choice
{
    private static readonly string[] Checks = ["content", "timestamp", "off"];
    private static readonly string[] Flags = ["true", "false"];
    private static readonly string[] Modes = ["read", "write", "readwrite", "off"];
    private static readonly string[] Servers = ["none", "keep"];

    /// <summary>Logs an error for each invalid word.</summary>
    /// <param name="log">The log.</param>
    /// <param name="prefix">Put before the names of the parameters, for properties.</param>
    /// <param name="words">The words.</param>
    /// <returns>Whether all words are valid.</returns>
    public static bool Validate(TaskLoggingHelper log, string prefix, StepChoices words) =>
        IsOneOf(log, prefix + nameof(TracedExec.UpToDateCheck), words.UpToDateCheck, Checks)
        & IsOneOf(log, prefix + nameof(TracedExec.CacheMode), words.CacheMode, Modes)
        & IsOneOf(log, prefix + nameof(TracedExec.EnvironmentMode), words.EnvironmentMode, EnvironmentModes.Names)
        & IsOneOf(log, prefix + nameof(TracedExec.AllowNetwork), words.AllowNetwork, Flags)
        & IsOneOf(log, prefix + nameof(TracedExec.DefaultIgnores), words.DefaultIgnores, Flags)
        & IsOneOf(log, prefix + nameof(TracedExec.Servers), words.Servers, Servers);

    /// <summary>Whether a flag is set; <paramref name="otherwise"/> if the word is empty.</summary>
    public static bool Flag(string word, bool otherwise) => word.Length == 0 ? otherwise : Is(word, "true");

    /// <summary>How to check whether a step is up to date.</summary>
    public static UpToDateChecking Check(string word) =>
        Is(word, "timestamp") ? UpToDateChecking.Timestamp
            : Is(word, "off") ? UpToDateChecking.Off
            : UpToDateChecking.Content;

    /// <summary>Which variables of the environment count.</summary>
    public static EnvironmentMode Environment(string word) =>
        EnvironmentModes.TryParse(word.ToLowerInvariant(), out EnvironmentMode mode) ? mode : EnvironmentMode.All;

    /// <summary>Whether known tools may use servers and leave them running.</summary>
    public static bool KeepsServers(string word) => Is(word, "keep");

    /// <summary>What may be done with the cache; <paramref name="otherwise"/> if the word is empty.</summary>
    public static CacheMode Mode(string word, CacheMode otherwise) =>
        word.Length == 0 ? otherwise
        : Is(word, "read") ? CacheMode.Read
        : Is(word, "write") ? CacheMode.Write
        : Is(word, "off") ? CacheMode.Off
        : CacheMode.ReadWrite;

    private static bool Is(string word, string choice) =>
        string.Equals(word, choice, StringComparison.OrdinalIgnoreCase);

    private static bool IsOneOf(TaskLoggingHelper log, string parameter, string value,
        IReadOnlyList<string> choices)
    {
        if (value.Length == 0 || choices.Contains(value, StringComparer.OrdinalIgnoreCase))
        {
            return true;
        }

        log.LogError(null, Codes.BadParameter, null, null, 0, 0, 0, 0, "{0} is {1}: use {2}", parameter, value,
            string.Join(", ", choices));
        return false;
    }
}
