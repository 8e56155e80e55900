namespace Fptrace.Manifests.Checking;

/// <summary>What a user can do about a reason. Each front end words it by the names that it has for its
/// options.</summary>
public enum Remedy
{
    /// <summary>Nothing but to let the command run.</summary>
    None,

    /// <summary>Let a run count though it used the network.</summary>
    AllowNetwork,

    /// <summary>Ignore the path.</summary>
    Ignore,

    /// <summary>Ignore the name, or what is in its directory altogether.</summary>
    IgnoreName,

    /// <summary>Say that the command does nothing more where it finds its own work done.</summary>
    Idempotent,

    /// <summary>Share results among trees at different places.</summary>
    Anywhere,

    /// <summary>Have the command do its work without a server.</summary>
    NoServer,
}
