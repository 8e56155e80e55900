namespace Fptrace.Steps;

/// <summary>The version of the manifest format and of what its observations mean.</summary>
public static class Schema
{
    /// <summary>The name of the format. It changes with every change that an older reader would misread.</summary>
    /// <remarks>
    /// The part before the number never changes: by it each version recognizes manifests of the others.
    /// </remarks>
    public const string Name = "fptrace-manifest/2";

    /// <summary>The part of <see cref="Name"/> before the number.</summary>
    internal const string Family = "fptrace-manifest/";

    /// <summary>The number in <see cref="Name"/>.</summary>
    internal static string Number => Name[Family.Length..];
}
