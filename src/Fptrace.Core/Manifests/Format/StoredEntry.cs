using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Manifests.Format;

/// <summary>Where an observation or an output stands in a manifest's text, and what a look at its path is compared with.</summary>
/// <remarks>A check that finds nothing changed needs no more of it: a hundred thousand of these take the time of ten thousand objects.</remarks>
internal struct StoredEntry
{
    /// <summary>Of its line's object in the text.</summary>
    public int Start;

    public int Length;

    /// <summary>A file that is read, a directory, a listing and the like, written as <see cref="ManifestWriter"/> does; of any other the rest is not known.</summary>
    public bool IsPlain;

    /// <summary>Of an observation.</summary>
    public ObservationKind Kind;

    public FileType Type;

    public ushort Mode;

    /// <summary>Where the path ends; it begins after <see cref="EntryLine.Opening"/>.</summary>
    public ushort PathLength;

    /// <summary>Of a file; of a link the length of its target, which ends the line.</summary>
    public long Size;

    /// <summary>Empty where the content must be read.</summary>
    public FileTimes Times;
}
