namespace Fptrace.Manifests;

/// <summary>The version of the manifest format and of what its observations mean.</summary>
public static class Schema
{
    /// <summary>Changes with every change that an older reader would misread.</summary>
    public const string Name = "fptrace-manifest/2";
}
