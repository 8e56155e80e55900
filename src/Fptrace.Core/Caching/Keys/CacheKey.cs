using System.Security.Cryptography;
using Fptrace.Manifests;
using Fptrace.Manifests.Checking;
using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Caching.Keys;

/// <summary>The keys of the two phases of a lookup, as in BuildXL.</summary>
/// <remarks>
/// The weak key is a digest of the step alone, known before any file is looked at. It leads to path sets: what earlier
/// runs of this step looked at. The strong key covers in addition what stands at these paths now. It leads to the
/// result.
/// </remarks>
internal static class CacheKey
{
    /// <summary>
    /// A digest of all variables that count. It has no secret key, because other users must arrive at the same digest.
    /// </summary>
    public static ContentDigest Environment(StepEnvironment environment) => Sha256.Of(environment.Text);

    /// <param name="step">The command.</param>
    /// <param name="environment">The result of <see cref="Environment"/>.</param>
    /// <param name="anywhere">Whether to leave out the place of the root. Roots then share results, although outputs
    /// may contain the path of their root.</param>
    public static ContentDigest Weak(StepIdentity step, ContentDigest environment, bool anywhere)
    {
        var writer = new EntryWriter("fptrace-weak-key 2");
        writer.Text($"{(OperatingSystem.IsLinux() ? "linux" : "other")}-{StepMachine.Architecture}");
        writer.Bytes(StepFields.Of(step, anywhere));
        writer.Digest(environment);
        return Sha256.Of(writer.Finish());
    }

    /// <param name="weak">The weak key.</param>
    /// <param name="set">The digest of the path set.</param>
    /// <param name="observations">What the paths of this set show now, in the order of the set.</param>
    public static ContentDigest Strong(ContentDigest weak, ContentDigest set,
        IReadOnlyList<Observation> observations) =>
        Strong("fptrace-strong-key 2\n"u8, weak, set, observations);

    /// <summary>
    /// A strong key for files as the run left them, where it modified them in place: see <see cref="LeftState"/>.
    /// </summary>
    public static ContentDigest Left(ContentDigest weak, ContentDigest set, IReadOnlyList<Observation> observations) =>
        Strong("fptrace-left-key 2\n"u8, weak, set, observations);

    private static ContentDigest Strong(ReadOnlySpan<byte> heading, ContentDigest weak, ContentDigest set,
        IReadOnlyList<Observation> observations)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(heading);
        Span<byte> bytes = stackalloc byte[ContentDigest.Length];
        weak.CopyTo(bytes);
        hash.AppendData(bytes);
        set.CopyTo(bytes);
        hash.AppendData(bytes);
        foreach (Observation observation in observations)
        {
            ObservationFingerprint.Append(hash, observation);
        }

        return Sha256.Of(hash);
    }
}
