namespace Fptrace.Manifests;

/// <summary>One reason to run a step again.</summary>
/// <param name="Kind">What differs.</param>
/// <param name="Subject">The path, the variable or the part of the step; otherwise empty.</param>
/// <param name="Text">One line in words: <c>input changed: src/a.h</c>.</param>
public sealed record Difference(DifferenceKind Kind, string Subject, string Text)
{
    public override string ToString() => Text;
}
