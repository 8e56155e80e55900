namespace Fptrace.Steps;

/// <summary>A variable of which not everything counts in <see cref="EnvironmentMode.All"/>.</summary>
/// <param name="Name">Its name. A final '*' stands for any ending.</param>
/// <param name="Part">What counts of it.</param>
/// <param name="Default">With <see cref="EnvironmentPart.UnlessDefault"/>: the value that does not count.</param>
public sealed record EnvironmentRule(string Name, EnvironmentPart Part, string Default = "");
