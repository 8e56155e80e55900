namespace Fptrace.MSBuild.State;

/// <summary>What became of a step in this build.</summary>
/// <remarks>A class and not a struct, for the reason that <see cref="ProjectKey"/> gives.</remarks>
internal sealed record StepOutcome(StepVerdict Verdict, string Reason);
