using System.Reflection;

namespace Fptrace.Commands;

/// <summary>What <c>--version</c> prints.</summary>
internal static class ToolVersion
{
    /// <summary>The version of the package, and the commit from which it was built if that is known.</summary>
    public static string Line => "fptrace " + VersionOf(
        typeof(ToolVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion);

    /// <remarks>Twelve digits identify a commit: git itself shows no more for the largest repositories.</remarks>
    internal static string VersionOf(string informational) =>
        informational.IndexOf('+', StringComparison.Ordinal) is >= 0 and var plus
        ? informational[..Math.Min(informational.Length, plus + 13)]
        : informational;
}
