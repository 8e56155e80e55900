namespace Fptrace.Commands.Cache;

/// <summary>What the user asked of <c>fptrace cache</c>.</summary>
/// <param name="Action">stats, verify, gc or clear.</param>
/// <param name="Directory">null: the user's own.</param>
/// <param name="Size">Bytes that may be left; null: the default.</param>
/// <param name="Json">JSON on stdout.</param>
internal sealed record CacheOptions(string Action, string? Directory, long? Size, bool Json);
