namespace Fptrace.MSBuild.Choices;

/// <summary>Parameters or properties that take one of a few words. Empty means the default.</summary>
internal sealed record StepChoices(string UpToDateCheck, string CacheMode, string EnvironmentMode, string AllowNetwork,
    string DefaultIgnores, string Servers);
