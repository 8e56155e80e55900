using Fptrace.Manifests.Checking;
using Fptrace.Model;

namespace Fptrace.Manifests.Recording;

/// <summary>What a step has done to one path so far.</summary>
/// <remarks>A run may have a million of them. Most are only read, so what few need is apart.</remarks>
internal sealed class PathRecord(ByteString path)
{
    private RarePart? _rare;

    /// <summary>Absolute, without symbolic links in its directories.</summary>
    public ByteString Path { get; } = path;

    /// <summary>Whether the step read or executed the file before it changed it.</summary>
    public bool IsRead { get; set; }

    /// <summary>Whether the step examined the path before it changed it.</summary>
    public bool IsProbed { get; set; }

    /// <summary>Whether the step looked for the path in vain before it made it.</summary>
    public bool IsMissed { get; set; }

    /// <summary>The names in the directory when the step listed it, ignored ones included.</summary>
    public List<ByteString>? Names { get; set; }

    /// <summary>The names in the directory when the step renamed it with everything in it.</summary>
    public List<ByteString>? NamesBefore
    {
        get => _rare?.NamesBefore;
        set => Rare.NamesBefore = value;
    }

    /// <summary>For git's index: the result of <see cref="IndexTimes"/> right before the step's first change.</summary>
    public List<ByteString>? IndexTimesBefore
    {
        get => _rare?.IndexTimesBefore;
        set => Rare.IndexTimesBefore = value;
    }

    /// <summary>Whether the directory came by such a rename, with everything in it.</summary>
    public bool CameWhole { get; set; }

    /// <summary>
    /// The names in the directory that the step saw, or renamed, before they were its own work; otherwise null.
    /// </summary>
    public List<ByteString>? NamesSeen => Names ?? NamesBefore;

    /// <summary>
    /// The ID of the execution that looked for the path without following a link, in vain; 0 if none did.
    /// </summary>
    public int NameMissedBy { get; set; }

    /// <summary>Whether a second execution did so, too.</summary>
    public bool IsNameMissedBySeveral { get; set; }

    /// <summary>Whether the step would have removed the directory with everything in it, if it had existed.</summary>
    public bool OwnsNames { get; set; }

    /// <summary>Whether the step itself caused what exists there now, or that nothing does.</summary>
    public bool IsOwn { get; set; }

    /// <summary>Whether something existed at the step's first access.</summary>
    public bool ExistedBefore { get; set; }

    /// <summary>The stamp at the first observation; <c>default</c> if nothing existed.</summary>
    public FileStamp Stamp { get; set; }

    /// <summary>Whether a later look found another state, which no change by the step explains so far.</summary>
    public bool IsDisputed { get; set; }

    /// <summary>What the first such look found.</summary>
    public FileStamp SeenSince
    {
        get => _rare?.SeenSince ?? default;
        set => Rare.SeenSince = value;
    }

    /// <summary>If nothing exists: the errno value of the lookup; 0 if it is not known.</summary>
    public int Error { get; set; }

    /// <summary>Content and mode right before the step's first change.</summary>
    public FileState Before
    {
        get => _rare?.Before ?? default;
        set => Rare.Before = value;
    }

    /// <summary>The target of a link right before the step's first change.</summary>
    public ByteString TargetBefore
    {
        get => _rare?.TargetBefore ?? default;
        set => Rare.TargetBefore = value;
    }

    /// <summary>Whether the step set the mode, owner, times or attributes.</summary>
    public bool SetsAttributes { get; set; }

    /// <summary>
    /// Unusual attributes right before the step's first change, as in <see cref="Fptrace.Posix.ExtraAttributes"/>.
    /// </summary>
    public string AttributesBefore
    {
        get => _rare?.AttributesBefore ?? "";
        set => Rare.AttributesBefore = value;
    }

    /// <summary>Whether the undo log has the prior state.</summary>
    public bool IsKept { get; set; }

    /// <summary>What the step learnt of the prior state.</summary>
    public PriorState PriorState =>
        UsesBefore ? (ExistedBefore ? PriorState.Unseen : PriorState.Kept)
        : IsExclusive ? PriorState.Missing
        : IsSeenLink || ((IsProbed || IsDeletedFirst) && ExistedBefore) ? PriorState.Found
        : IsProbed || IsMissed || IsLookedFor ? PriorState.Seen
        : PriorState.Unseen;

    /// <summary>
    /// Whether the prior state went into the step's work: a change kept it, or the step read it before.
    /// </summary>
    public bool UsesBefore { get; set; }

    /// <summary>
    /// Whether the step's first access made something there, and would have failed if anything had existed.
    /// </summary>
    public bool IsExclusive { get; set; }

    /// <summary>The permission bits that the step's first change found.</summary>
    public uint ModeBefore { get; set; }

    /// <summary>Whether the step's first change removed what existed.</summary>
    public bool IsDeletedFirst { get; set; }

    /// <summary>What the step's first change found, if it was an open for writing.</summary>
    public OutputOpening Opening { get; set; }

    /// <summary>
    /// Whether the file was opened and may still be truncated to 0. If <see cref="Readers"/> is 0 then, it is replaced.
    /// </summary>
    public bool IsReplaceable { get; set; }

    /// <summary>The number of accesses since the first change that may have read the old content.</summary>
    public int Readers { get; set; }

    /// <summary>Whether the step looked for it in a directory that it had made itself.</summary>
    /// <remarks>That is no observation: it was missing because the directory was.</remarks>
    public bool IsLookedFor { get; private set; }

    /// <summary>
    /// Whether the step saw a link here before it changed it. The target of the link is the observation.
    /// </summary>
    public bool IsSeenLink { get; private set; }

    public void NoteLink() => IsSeenLink |= !IsOwn;

    /// <summary>Notes an access that is no observation, because the step saw its own work.</summary>
    public void NoteLook()
    {
        Readers += IsOwn ? 1 : 0;
        IsLookedFor |= !IsOwn;
    }

    /// <summary>Whether the step gave the file another name (hard link).</summary>
    public bool IsLinked { get; set; }

    /// <summary>Whether a call has announced a rename or a change of attributes.</summary>
    public bool IsTaken { get; set; }

    public bool IsObserved => IsRead || IsProbed || IsMissed || Names is not null;

    private RarePart Rare => _rare ??= new RarePart();

    private sealed class RarePart
    {
        public List<ByteString>? NamesBefore { get; set; }

        public List<ByteString>? IndexTimesBefore { get; set; }

        public FileStamp SeenSince { get; set; }

        public FileState Before { get; set; }

        public ByteString TargetBefore { get; set; }

        public string AttributesBefore { get; set; } = "";
    }
}
