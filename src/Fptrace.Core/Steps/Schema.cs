namespace Fptrace.Steps;

/// <summary>The version of the manifest format and of what its observations mean.</summary>
public static class Schema
{
    /// <summary>Changes with every change that an older reader would misread.</summary>
    /// <remarks>What stands before the slash never changes: by it each version knows the manifests of the
    /// others.</remarks>
    public const string Name = "fptrace-manifest/2";

    /// <summary>What stands in it before the number.</summary>
    internal const string Family = "fptrace-manifest/";

    /// <summary>The number.</summary>
    internal static string Number => Name[Family.Length..];
}
