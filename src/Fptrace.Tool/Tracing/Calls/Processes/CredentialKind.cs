namespace Fptrace.Tracing.Calls.Processes;

/// <summary>What a <see cref="CredentialsCall"/> sets.</summary>
internal enum CredentialKind : byte
{
    User,
    Group,

    /// <summary>Supplementary groups or capabilities.</summary>
    Other,
}
