using Fptrace.Posix;

namespace Fptrace.Manifests.Format;

/// <summary>What is missing of the index of a manifest that was read.</summary>
/// <param name="Sum">The checksum of the manifest's text, in digits.</param>
/// <param name="HasIndex">There is one of this text; only its times are missing, or are others.</param>
/// <param name="Times">Of the manifest's file when its text was read; empty where they prove nothing.</param>
internal sealed record IndexRenewal(byte[] Sum, bool HasIndex, FileTimes Times);
