namespace Fptrace.Manifests;

/// <summary>One reason to run a step again.</summary>
/// <param name="Kind">In what.</param>
/// <param name="Subject">The path, variable or part of the step; empty where there is none.</param>
/// <param name="Text">One line in words: <c>input changed: src/a.h</c>.</param>
public sealed record Difference(DifferenceKind Kind, string Subject, string Text)
{
    public override string ToString() => Text;
}
