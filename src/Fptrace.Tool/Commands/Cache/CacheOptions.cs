namespace Fptrace.Commands.Cache;

/// <summary>What the user asked of <c>fptrace cache</c>.</summary>
/// <param name="Action">stats, verify, gc or clear.</param>
/// <param name="Directory">The directory of the cache; null for the user's own.</param>
/// <param name="Size">How many bytes gc may leave; null for the default.</param>
/// <param name="Json">--json: print JSON on stdout.</param>
internal sealed record CacheOptions(string Action, string? Directory, long? Size, bool Json);
