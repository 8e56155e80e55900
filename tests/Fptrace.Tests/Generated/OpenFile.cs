namespace Fptrace.Generated;

/// <summary>What a descriptor leads to.</summary>
/// <param name="Entry">null for a pipe.</param>
/// <param name="Flags">Of open.</param>
/// <param name="ClosesOnExec">FD_CLOEXEC.</param>
internal sealed record OpenFile(Entry? Entry, long Flags, bool ClosesOnExec)
{
    public bool IsPath => (Flags & Flag.Path) != 0;

    public bool IsReadable => !IsPath && (Flags & Flag.AccessMode) != Flag.WriteOnly;

    public bool IsWritable => !IsPath && (Flags & Flag.AccessMode) != 0;
}
