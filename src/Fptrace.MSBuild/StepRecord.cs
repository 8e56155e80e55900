namespace Fptrace.MSBuild;

/// <summary>A step that ran or was skipped in this build.</summary>
/// <param name="Manifest">The full path of its manifest, which need not exist.</param>
/// <param name="Target">What its target declares, where the audit asked for it.</param>
internal sealed record StepRecord(string Manifest, DeclaredTarget? Target);
