using Fptrace.Manifests.Checking;
using Fptrace.Model;

namespace Fptrace.Manifests.Recording;

/// <summary>What a step did to one path so far.</summary>
internal sealed class PathRecord(ByteString path)
{
    /// <summary>Absolute, without symbolic links in its directories.</summary>
    public ByteString Path { get; } = path;

    /// <summary>Read or executed before the step changed it.</summary>
    public bool IsRead { get; set; }

    /// <summary>Looked at before the step changed it.</summary>
    public bool IsProbed { get; set; }

    /// <summary>Looked for in vain before the step made it.</summary>
    public bool IsMissed { get; set; }

    /// <summary>The names of the directory when they were listed, before anything is left out.</summary>
    public List<ByteString>? Names { get; set; }

    /// <summary>The names of the directory when it was renamed with all that was in it.</summary>
    public List<ByteString>? NamesBefore { get; set; }

    /// <summary>Of git's index: what <see cref="IndexTimes"/> named right before the step's first change.</summary>
    public List<ByteString>? IndexTimesBefore { get; set; }

    /// <summary>It came by such a rename: what is in it came with it.</summary>
    public bool CameWhole { get; set; }

    /// <summary>The names that the step has seen, or taken along, before they were its own work; null when it did
    /// neither.</summary>
    public List<ByteString>? NamesSeen => Names ?? NamesBefore;

    /// <summary>The program that asked for the name itself in vain, by its id; 0 if none did.</summary>
    public int NameMissedBy { get; set; }

    /// <summary>Another one did, too.</summary>
    public bool IsNameMissedBySeveral { get; set; }

    /// <summary>A directory that the step would have removed with all that is in it, had it been there.</summary>
    public bool OwnsNames { get; set; }

    /// <summary>What stands there now, or that nothing does, is the step's own doing.</summary>
    public bool IsOwn { get; set; }

    /// <summary>Something stood there when the step first had to do with it.</summary>
    public bool ExistedBefore { get; set; }

    /// <summary>What stat said at the first observation; none for what was missing.</summary>
    public FileStamp Stamp { get; set; }

    /// <summary>A later look found something else, and no change of the step explains it so far.</summary>
    public bool IsDisputed { get; set; }

    /// <summary>What the first of these looks found.</summary>
    public FileStamp SeenSince { get; set; }

    /// <summary>Of what is missing: why the lookup found nothing, an errno value; 0 where that is not known.</summary>
    public int Error { get; set; }

    /// <summary>Content and mode right before the step's first change.</summary>
    public FileState Before { get; set; }

    /// <summary>The target of a link right before the step's first change.</summary>
    public ByteString TargetBefore { get; set; }

    /// <summary>The step has set its mode, owner, times or attributes.</summary>
    public bool SetsAttributes { get; set; }

    /// <summary>Owner and extended attributes right before the step's first change, where they were not the usual
    /// ones.</summary>
    public string AttributesBefore { get; set; } = "";

    /// <summary>What stood there before is kept, for a second run that begins as this one.</summary>
    public bool IsKept { get; set; }

    /// <summary>What the step knew of the path before it made something there.</summary>
    public PriorState PriorState =>
        UsesBefore ? (ExistedBefore ? PriorState.Unseen : PriorState.Kept)
        : IsExclusive ? PriorState.Missing
        : IsSeenLink || ((IsProbed || IsDeletedFirst) && ExistedBefore) ? PriorState.Found
        : IsProbed || IsMissed || IsLookedFor ? PriorState.Seen
        : PriorState.Unseen;

    /// <summary>What stood there before went into the step's work: a change that keeps it, or a read before the
    /// change.</summary>
    public bool UsesBefore { get; set; }

    /// <summary>The step's first contact made something there and would have failed if something had stood
    /// there.</summary>
    public bool IsExclusive { get; set; }

    /// <summary>Permission bits of what the step's first change found.</summary>
    public uint ModeBefore { get; set; }

    /// <summary>The step's first change removed what stood there.</summary>
    public bool IsDeletedFirst { get; set; }

    /// <summary>The step's first change is an open that writes into the file, or makes it where none is.</summary>
    public OutputOpening Opening { get; set; }

    /// <summary>Opened as it was, and not yet cut to nothing: if it is, and <see cref="Readers"/> is 0, it is
    /// replaced.</summary>
    public bool IsReplaceable { get; set; }

    /// <summary>Accesses that may have read what stood there before, since the step changed it.</summary>
    public int Readers { get; set; }

    /// <summary>Looked for in a directory that the step had made itself: no observation, since it is the directory that
    /// was missing.</summary>
    public bool IsLookedFor { get; private set; }

    /// <summary>A link of this name was seen before the step changed it; what that led to is the observation.</summary>
    public bool IsSeenLink { get; private set; }

    public void NoteLink() => IsSeenLink |= !IsOwn;

    /// <summary>An access that is no observation, for what it sees is the step's own doing.</summary>
    public void NoteLook()
    {
        Readers += IsOwn ? 1 : 0;
        IsLookedFor |= !IsOwn;
    }

    /// <summary>What stands there is about to be renamed, or given other attributes.</summary>
    public bool IsTaken { get; set; }

    public bool IsObserved => IsRead || IsProbed || IsMissed || Names is not null;
}
