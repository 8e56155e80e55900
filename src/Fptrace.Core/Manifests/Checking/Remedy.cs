namespace Fptrace.Manifests.Checking;

/// <summary>What a user can do about a reason.</summary>
/// <remarks>Each front end words it with the names of its own options.</remarks>
public enum Remedy
{
    /// <summary>Nothing, except to let the command run.</summary>
    None,

    /// <summary>Let a run count although it used the network.</summary>
    AllowNetwork,

    /// <summary>Ignore the path.</summary>
    Ignore,

    /// <summary>Ignore the name, or all names in its directory.</summary>
    IgnoreName,

    /// <summary>Declare that the command does nothing more if its own work is already done.</summary>
    Idempotent,

    /// <summary>Share results among trees in different places.</summary>
    Anywhere,

    /// <summary>Have the command work without a server.</summary>
    NoServer,
}
