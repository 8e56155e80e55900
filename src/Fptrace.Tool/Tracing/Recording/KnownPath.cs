namespace Fptrace.Tracing.Recording;

/// <summary>What an execution has recorded of a path.</summary>
/// <param name="Kinds">Bits, 1 &lt;&lt; kind.</param>
/// <param name="Since">The moment of <see cref="ForgottenTrees"/> at which that was known to hold.</param>
internal readonly record struct KnownPath(uint Kinds, uint Since);
