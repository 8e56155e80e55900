using Fptrace.Posix;

namespace Fptrace.Manifests.Format;

/// <summary>What the index lacks of a manifest that was read.</summary>
/// <param name="Sum">The checksum of the manifest's text, as hexadecimal digits.</param>
/// <param name="HasIndex">Whether there is an index of this text, which only lacks the current times.</param>
/// <param name="Times">The times of the manifest's file when its text was read; empty if they prove nothing.</param>
internal sealed record IndexRenewal(byte[] Sum, bool HasIndex, FileTimes Times);
