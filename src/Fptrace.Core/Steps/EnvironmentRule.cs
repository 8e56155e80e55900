namespace Fptrace.Steps;

/// <summary>A variable of which not all counts where every variable counts.</summary>
/// <param name="Name">Its name; a '*' at the end stands for any ending.</param>
/// <param name="Part">What counts of it.</param>
/// <param name="Default">Of <see cref="EnvironmentPart.UnlessDefault"/>: the value that counts as none.</param>
public sealed record EnvironmentRule(string Name, EnvironmentPart Part, string Default = "");
