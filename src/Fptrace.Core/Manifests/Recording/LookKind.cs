namespace Fptrace.Manifests.Recording;

/// <summary>What a step looks at when it looks at a path.</summary>
internal enum LookKind
{
    /// <summary>What exists there, and its permissions.</summary>
    Examine,

    /// <summary>The content as well.</summary>
    Read,
}
