using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Fptrace.Manifests;
using Fptrace.Manifests.Checking;
using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Caching.Keys;

/// <summary>The keys of the two phases of a lookup, as in BuildXL.</summary>
/// <remarks>
/// The weak key is known before anything is looked at: the command. It leads to path sets: what runs of this command
/// looked at. What stands there now makes the strong key, which leads to the result.
/// </remarks>
internal static class CacheKey
{
    /// <summary>One digest over all variables that count, without a key, for others are to find it too.</summary>
    public static ContentDigest Environment(StepEnvironment environment) => Sha256.Of(environment.Text);

    /// <param name="step">The command.</param>
    /// <param name="environment">What counts of its environment: <see cref="Environment"/>.</param>
    /// <param name="anywhere">Leave out where the root is: results are then shared among roots, though outputs may hold
    /// its path.</param>
    public static ContentDigest Weak(StepIdentity step, ContentDigest environment, bool anywhere)
    {
        var writer = new EntryWriter("fptrace-weak-key 2");
        writer.Text($"{(OperatingSystem.IsLinux() ? "linux" : "other")}-{RuntimeInformation.OSArchitecture}");
        writer.Bytes(StepFields.Of(step, anywhere));
        writer.Digest(environment);
        return Sha256.Of(writer.Finish());
    }

    /// <param name="weak">The weak key.</param>
    /// <param name="set">The digest of the path set.</param>
    /// <param name="observations">Of this path set and in its order, as they stand.</param>
    public static ContentDigest Strong(ContentDigest weak, ContentDigest set,
        IReadOnlyList<Observation> observations) =>
        Strong("fptrace-strong-key 2\n"u8, weak, set, observations);

    /// <summary>The same, where the files that the run modifies in place stand as it left them:
    /// <see cref="LeftState"/>.</summary>
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
