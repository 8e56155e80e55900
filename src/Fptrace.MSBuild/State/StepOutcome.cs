using Fptrace.Model;

namespace Fptrace.MSBuild.State;

/// <summary>What became of a step in this build.</summary>
/// <remarks>No structure: see <see cref="ProjectKey"/>.</remarks>
internal sealed record StepOutcome(StepVerdict Verdict, string Reason);
