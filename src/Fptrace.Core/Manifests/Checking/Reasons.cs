using Fptrace.Model;

namespace Fptrace.Manifests.Checking;

/// <summary>How those reasons begin, or end, about which a user can do something, and what that is.</summary>
public static class Reasons
{
    internal const string Network = "the last run used the network: ";
    internal const string Outsider = "somebody else had a part in the last run: ";
    internal const string Incomplete = "the last run was not seen completely: ";
    internal const string WhileItRan = " while the command ran: ";
    internal const string IndexTimes = "files were touched since git's index was written, or it was written anew: ";
    internal const string Gained = "directory gained: ";
    internal const string Lost = "directory lost: ";
    internal const string WouldAdd = "now exists, and the command would add to it: ";
    internal const string OutsideRoot = "is outside the root";
    internal const string UnknownHere = "the cache knows no run of this command at this place with this environment";

    /// <param name="reason">Why a step runs, why a run does not count, or why it is not in the cache, one line.</param>
    public static Remedy RemedyOf(string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);

        // What the cache says comes last, and what it lacks is what keeps the command from being spared.
        return reason.Contains(WouldAdd, StringComparison.Ordinal) ? Remedy.Idempotent
            : reason.StartsWith(Network, StringComparison.Ordinal) ? Remedy.AllowNetwork
            : reason.StartsWith(Gained, StringComparison.Ordinal) || reason.StartsWith(Lost, StringComparison.Ordinal)
                ? Remedy.IgnoreName
            : reason.EndsWith(UnknownHere, StringComparison.Ordinal) ? Remedy.Anywhere
            : reason.EndsWith(OutsideRoot, StringComparison.Ordinal)
                || reason.Contains(WhileItRan, StringComparison.Ordinal)
                ? Remedy.Ignore
            : reason.StartsWith(Incomplete + IncompleteReason.LocalServer, StringComparison.Ordinal)
                || reason.StartsWith(Incomplete + IncompleteReason.Survivor, StringComparison.Ordinal) ? Remedy.NoServer
            : Remedy.None;
    }
}
