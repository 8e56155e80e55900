namespace Fptrace.Steps;

/// <summary>One entry of the list of what is ignored by default.</summary>
/// <param name="Pattern">As of <see cref="GlobSet"/>; <c>~/</c> is the step's home directory.</param>
/// <param name="As">As what it is ignored.</param>
/// <param name="IsExact">What lies below a match counts.</param>
internal readonly record struct DefaultIgnore(string Pattern, IgnoredAs As, bool IsExact = false);
