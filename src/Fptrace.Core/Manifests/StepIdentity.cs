using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Fptrace.Model;

namespace Fptrace.Manifests;

/// <summary>Which command this is: what must be equal before anything that it saw is looked at.</summary>
public sealed record StepIdentity
{
    /// <summary>argv, or the one text that stands for it (a command line whose script has a random name).</summary>
    public required IReadOnlyList<ByteString> Command { get; init; }

    /// <summary>Working directory, absolute.</summary>
    public required ByteString Directory { get; init; }

    /// <summary>Paths below it are stored relative to it; absolute.</summary>
    public required ByteString Root { get; init; }

    /// <summary>Variables of the environment that count besides <see cref="TrackedEnvironment.Defaults"/>; a name may end with '*'. Sorted.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>What is neither input nor output; see <see cref="GlobSet"/>. Sorted.</summary>
    public IReadOnlyList<string> Ignore { get; init; } = [];

    /// <summary>More that makes it another step, such as a version.</summary>
    public IReadOnlyList<string> Extra { get; init; } = [];

    /// <summary>Use of the network is no reason to run it again each time.</summary>
    public bool AllowNetwork { get; init; }

    /// <summary>The file that is its standard input; null: it has none, or an empty one.</summary>
    public StandardInput? Input { get; init; }

    /// <summary>32 hexadecimal digits over all of this: names the manifest.</summary>
    public string Key
    {
        get
        {
            var hash = new XxHash128();
            Append(hash, Schema.Name);
            Append(hash, Command);
            Append(hash, Directory.Span);
            Append(hash, Root.Span);
            Append(hash, Environment);
            Append(hash, Ignore);
            Append(hash, Extra);
            hash.Append([AllowNetwork ? (byte)1 : (byte)0]);
            Append(hash, Input);
            return Convert.ToHexStringLower(hash.GetCurrentHash());
        }
    }

    /// <summary>The same step, which does not see the file in which its manifest is kept. For a manifest that is not at its default place.</summary>
    public StepIdentity IgnoringManifest(string path)
    {
        ArgumentNullException.ThrowIfNull(path);

        // GetFullPath would refuse the escapes of a name that is not UTF-8.
        string whole = path.Contains('\0', StringComparison.Ordinal) ? path : Path.GetFullPath(path);
        ByteString shortened = StoredPath.Shorten(ByteString.Parse(whole).Span, Root);
        if (new GlobSet(Ignore).Matches(shortened.Span))
        {
            return this;
        }

        string stored = shortened.ToString();
        string pattern = GlobSet.Escape(stored);

        // A name alone would be taken for one at any depth.
        pattern = stored.Contains('/', StringComparison.Ordinal) ? pattern : "./" + pattern;
        return this with { Ignore = [.. Ignore.Append(pattern).Order(StringComparer.Ordinal)] };
    }

    private static void Append(XxHash128 hash, StandardInput? input)
    {
        hash.Append([input is null ? (byte)0 : input.IsUnknown ? (byte)1 : (byte)2]);
        Append(hash, input is null ? default : input.Path.Span);
        Span<byte> bytes = stackalloc byte[ContentDigest.Length + sizeof(long)];
        (input?.Digest ?? default).CopyTo(bytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[ContentDigest.Length..], input?.Offset ?? 0);
        hash.Append(bytes);
    }

    private static void Append(XxHash128 hash, IReadOnlyList<ByteString> words)
    {
        AppendLength(hash, words.Count);
        foreach (ByteString word in words)
        {
            Append(hash, word.Span);
        }
    }

    private static void Append(XxHash128 hash, IReadOnlyList<string> words)
    {
        AppendLength(hash, words.Count);
        foreach (string word in words)
        {
            Append(hash, word);
        }
    }

    private static void Append(XxHash128 hash, string word) => Append(hash, Encoding.UTF8.GetBytes(word));

    private static void Append(XxHash128 hash, ReadOnlySpan<byte> bytes)
    {
        // The length first, so that no two lists make the same bytes.
        AppendLength(hash, bytes.Length);
        hash.Append(bytes);
    }

    private static void AppendLength(XxHash128 hash, int length)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, length);
        hash.Append(bytes);
    }
}
