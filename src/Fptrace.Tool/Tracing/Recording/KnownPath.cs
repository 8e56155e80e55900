namespace Fptrace.Tracing.Recording;

/// <summary>What an execution has recorded of a path.</summary>
/// <param name="Kinds">The recorded kinds of access, as bits: 1 &lt;&lt; kind.</param>
/// <param name="Since">The value of <see cref="ForgottenTrees.Now"/> at which they were last known to hold.</param>
internal readonly record struct KnownPath(uint Kinds, uint Since);
