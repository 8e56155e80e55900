namespace Fptrace.Generated;

/// <summary>Where a path leads.</summary>
/// <param name="Parent">The directory of its last component; null when it does not get that far, or when it ends in a
/// magic link.</param>
/// <param name="Last">The last component.</param>
/// <param name="Found">What is there.</param>
/// <param name="WantsDirectory">It ends in a slash or a dot.</param>
/// <param name="NamesNothing">Its last component is "." or "..", or there is none.</param>
internal sealed record Walk(Entry? Parent, string Last, Entry? Found, bool WantsDirectory, bool NamesNothing)
{
    public static readonly Walk Nowhere = new(null, "", null, false, false);

    /// <summary>What stat would find.</summary>
    public Entry? Existing => Found is not null && (!WantsDirectory || Found.Node.IsDirectory) ? Found : null;

    /// <summary>A new name can be made here.</summary>
    public bool IsFree => Parent is { IsGone: false } && Found is null && !NamesNothing;
}
