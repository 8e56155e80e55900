using System.Collections.Immutable;

namespace Fptrace.Tracing.Fast;

/// <summary>What of our code an address space has. fork copies it.</summary>
/// <param name="Address">Where <see cref="FastCode"/> begins.</param>
/// <param name="Seen">The calls that are patched, or cannot be, by the addresses behind their instructions.</param>
internal sealed record ArmedCode(ulong Address, ImmutableHashSet<ulong> Seen);
