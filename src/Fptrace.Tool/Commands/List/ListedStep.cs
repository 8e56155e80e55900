using Fptrace.Manifests.Format;

namespace Fptrace.Commands.List;

/// <summary>A line of <c>fptrace list</c>.</summary>
/// <param name="Known">The step.</param>
/// <param name="Reason">Why it would run; null when it is up to date.</param>
internal sealed record ListedStep(KnownStep Known, string? Reason);
