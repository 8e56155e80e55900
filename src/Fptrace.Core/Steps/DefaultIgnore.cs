namespace Fptrace.Steps;

/// <summary>One entry of the list of what is ignored by default.</summary>
/// <param name="Pattern">A pattern for <see cref="GlobSet"/>; <c>~/</c> is the step's home directory.</param>
/// <param name="As">In which ways the path does not count.</param>
/// <param name="IsExact">Whether the entry leaves out what is below a match, so that this counts.</param>
internal readonly record struct DefaultIgnore(string Pattern, IgnoredAs As, bool IsExact = false);
