using Fptrace.Model;

namespace Fptrace.Manifests.Checking;

/// <summary>Beginnings and endings of reasons, and what a user can do about a reason.</summary>
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

    /// <param name="reason">One line: why a step runs, why its run does not count, or why the cache lacks it.</param>
    public static Remedy RemedyOf(string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);

        // A reason may end with that of the cache, and what the cache lacks is what keeps the command from being
        // skipped.
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
