using Fptrace.Manifests;

namespace Fptrace.Commands.Check;

/// <summary>A reason in what <c>explain --json</c> prints.</summary>
/// <param name="Kind">What differs.</param>
/// <param name="Subject">Of which path or variable.</param>
/// <param name="Text">In words.</param>
internal sealed record DifferenceJson(string Kind, string Subject, string Text)
{
    public static DifferenceJson Of(Difference found) => new(found.Kind.Name(), found.Subject, found.Text);
}
