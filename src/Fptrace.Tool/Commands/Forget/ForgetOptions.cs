using Fptrace.Commands.CommandLine;

namespace Fptrace.Commands.Forget;

/// <summary>What the user asked of <c>fptrace forget</c>.</summary>
/// <param name="Manifests">Files.</param>
/// <param name="Command">A command whose steps are meant; empty for none. Without it and files: those of the
/// root.</param>
/// <param name="Age">How long they were not used; zero: all.</param>
/// <param name="Root">--root DIR; null: as <c>fptrace run</c> finds it.</param>
internal sealed record ForgetOptions(IReadOnlyList<string> Manifests, IReadOnlyList<string> Command, TimeSpan Age,
    string? Root);
