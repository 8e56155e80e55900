using Fptrace.Manifests.Checking;
using Fptrace.Model;

namespace Fptrace.Manifests.Recording;

/// <summary>What two looks at a path say differently, although no change of the step lies between them yet.</summary>
/// <remarks>
/// A change of the step counts when its call has ended. Another process of the step that polls the path may see it a
/// moment before that, so two different looks are only a dispute. It is settled when the step then makes a change that
/// begins with what was seen first; otherwise somebody else made it.
/// </remarks>
public sealed partial class ManifestRecorder
{
    private readonly List<PathRecord> _disputed = [];

    private void Dispute(PathRecord record, in FileStamp stamp)
    {
        if (!record.IsDisputed)
        {
            record.IsDisputed = true;
            record.SeenSince = stamp;
            _disputed.Add(record);
        }
    }

    /// <summary>The step has changed a path for the first time, which is stopped at the end of its call.</summary>
    /// <param name="record">Of what.</param>
    /// <param name="before">What stood there just before.</param>
    /// <param name="now">What stands there since.</param>
    private static void Settle(PathRecord record, in FileStamp before, in FileStamp now)
    {
        if (!record.IsObserved)
        {
            return;
        }

        if (IsSame(record.Stamp, before))
        {
            record.IsDisputed = false;
            return;
        }

        // The first look may have been that early: it saw what the change has left. Then nothing was known of the path
        // before.
        if (record.Stamp.Exists == now.Exists && record.Stamp.Inode == now.Inode && record.Stamp.Device == now.Device
            && IsSame(record.Stamp, now))
        {
            record.IsRead = record.IsProbed = record.IsMissed = false;
            record.Names = null;
            record.IsDisputed = false;
        }
    }

    /// <summary>A directory was renamed, and this was in it: that it is missed since is the step's doing.</summary>
    private static void SettleMoved(PathRecord below) => below.IsDisputed &= below.SeenSince.Exists;

    private void RefuseDisputed()
    {
        foreach (PathRecord record in _disputed)
        {
            if (record.IsDisputed)
            {
                Refuse($"input changed{Reasons.WhileItRan}{Shown(record.Path.Span)}");
            }
        }
    }
}
