namespace Fptrace.Commands;

/// <summary>What the user asked of <c>fptrace check</c> or <c>fptrace explain</c>.</summary>
/// <param name="Manifests">The files, at least one.</param>
/// <param name="Json">JSON on stdout.</param>
/// <param name="NoRefresh">Leave the manifest as it is, though files were touched.</param>
/// <param name="NoEnvironment">Do not compare the environment.</param>
/// <param name="Quiet">Exit status alone.</param>
internal sealed record CheckVerbOptions(IReadOnlyList<string> Manifests, bool Json, bool NoRefresh, bool NoEnvironment, bool Quiet);
