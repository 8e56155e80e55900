using Fptrace.Manifests.Checking;

namespace Fptrace.Commands.Steps;

/// <summary>Adds to a reason which options of the command line help.</summary>
internal static class RemedyWords
{
    public static string With(string reason) => Reasons.RemedyOf(reason) switch
    {
        Remedy.AllowNetwork => reason + " (--allow-network lets it count; otherwise one that fetches nothing counts)",
        Remedy.Ignore => reason + " (--ignore leaves it out)",
        Remedy.IgnoreName => reason + " (--ignore leaves it out, --ignore-listing all names in that directory)",
        Remedy.Idempotent => reason + " (--cache-idempotent, if it adds nothing where it finds its own work done)",
        Remedy.Anywhere => reason + " (--cache-anywhere shares among places, if outputs do not hold them)",
        Remedy.NoServer => reason + " (tell the command to do without it; known tools are told unless --servers keep)",
        _ => reason,
    };
}
