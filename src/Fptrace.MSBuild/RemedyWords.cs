using Fptrace.Manifests.Checking;

namespace Fptrace.MSBuild;

/// <summary>Adds the remedy to a reason, by the names of the task's parameters.</summary>
internal static class RemedyWords
{
    public static string With(string reason) => Reasons.RemedyOf(reason) switch
    {
        Remedy.AllowNetwork =>
            reason + " (AllowNetwork=\"true\" lets it count; otherwise one that fetches nothing counts)",
        Remedy.Ignore or Remedy.IgnoreName => reason + " (IgnoreFiles leaves it out)",
        Remedy.NoServer =>
            reason + " (tell the command to do without it; known tools are told unless Servers=\"keep\")",
        _ => reason,
    };
}
