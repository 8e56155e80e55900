namespace Fptrace.Commands.Forget;

/// <summary>What the user asked of <c>fptrace forget</c>.</summary>
/// <param name="Manifests">The manifests to forget.</param>
/// <param name="Command">The command whose steps are meant; empty for none. Without files and a command: all steps of
/// the root.</param>
/// <param name="Age">How long the steps have not been used; zero for all.</param>
/// <param name="Root">--root DIR; null for the root that <c>fptrace run</c> finds.</param>
internal sealed record ForgetOptions(IReadOnlyList<string> Manifests, IReadOnlyList<string> Command, TimeSpan Age,
    string? Root);
