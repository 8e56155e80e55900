using Fptrace.Manifests;

namespace Fptrace.Commands.Check;

/// <summary>A reason in what <c>explain --json</c> prints.</summary>
/// <param name="Kind">What kind of thing differs.</param>
/// <param name="Subject">The path or variable that differs.</param>
/// <param name="Text">The reason in words.</param>
internal sealed record DifferenceJson(string Kind, string Subject, string Text)
{
    public static DifferenceJson Of(Difference found) => new(found.Kind.Name(), found.Subject, found.Text);
}
