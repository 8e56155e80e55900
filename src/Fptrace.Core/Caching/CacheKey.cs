using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Fptrace.Manifests;
using Fptrace.Model;

namespace Fptrace.Caching;

/// <summary>The keys of the two phases of a lookup, as in BuildXL.</summary>
/// <remarks>
/// The weak key is known before anything is looked at: the command. It leads to path sets: what runs of this command looked at.
/// What stands there now makes the strong key, which leads to the result.
/// </remarks>
internal static class CacheKey
{
    /// <param name="step">The command.</param>
    /// <param name="environment">Its tracked variables.</param>
    /// <param name="anywhere">Leave out where the root is: results are then shared among roots, though outputs may hold its path.</param>
    public static ContentDigest Weak(StepIdentity step, IReadOnlyList<EnvironmentDigest> environment, bool anywhere)
    {
        var writer = new EntryWriter("fptrace-weak-key 1");
        writer.Text(Schema.Name);
        writer.Text($"{(OperatingSystem.IsLinux() ? "linux" : "other")}-{RuntimeInformation.OSArchitecture}");
        writer.Text(anywhere ? default : step.Root);
        writer.Text(StoredPath.Shorten(step.Directory.Span, step.Root));
        Write(writer, step.Command);
        Write(writer, step.Environment);
        Write(writer, step.Ignore);
        Write(writer, step.Extra);
        writer.Number(step.AllowNetwork ? 1UL : 0);
        Write(writer, step.Input);
        writer.Number((ulong)environment.Count);
        foreach (EnvironmentDigest variable in environment)
        {
            writer.Text(variable.Name);
            writer.Number(variable.Digest is null ? 0UL : 1);
            writer.Text(variable.Digest ?? "");
        }

        return Sha256.Of(writer.Finish());
    }

    /// <param name="weak">The weak key.</param>
    /// <param name="set">The digest of the path set.</param>
    /// <param name="observations">Of this path set and in its order, as they stand.</param>
    public static ContentDigest Strong(ContentDigest weak, ContentDigest set, IReadOnlyList<Observation> observations) =>
        Strong("fptrace-strong-key 1\n"u8, weak, set, observations);

    /// <summary>The same, where the files that the run modifies in place stand as it left them: <see cref="LeftState"/>.</summary>
    public static ContentDigest Left(ContentDigest weak, ContentDigest set, IReadOnlyList<Observation> observations) =>
        Strong("fptrace-left-key 1\n"u8, weak, set, observations);

    private static ContentDigest Strong(ReadOnlySpan<byte> heading, ContentDigest weak, ContentDigest set, IReadOnlyList<Observation> observations)
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

    private static void Write(EntryWriter writer, StandardInput? input)
    {
        writer.Number(input is null ? 0UL : input.IsUnknown ? 1UL : 2UL);
        writer.Text(input?.Path ?? default);
        writer.Digest(input?.Digest ?? default);
        writer.Number((ulong)(input?.Offset ?? 0));
    }

    private static void Write(EntryWriter writer, IReadOnlyList<ByteString> words)
    {
        writer.Number((ulong)words.Count);
        foreach (ByteString word in words)
        {
            writer.Text(word);
        }
    }

    private static void Write(EntryWriter writer, IReadOnlyList<string> words)
    {
        writer.Number((ulong)words.Count);
        foreach (string word in words)
        {
            writer.Text(word);
        }
    }
}
