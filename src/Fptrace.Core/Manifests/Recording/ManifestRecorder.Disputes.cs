using Fptrace.Manifests.Checking;
using Fptrace.Model;

namespace Fptrace.Manifests.Recording;

/// <summary>
/// Handles two looks at a path that found different states, without a change by the step between them.
/// </summary>
/// <remarks>
/// The recorder learns of a change when its call has ended. Another process of the step that polls the path may see the
/// change a moment earlier, so two different looks are only a dispute. A later change by the step settles it if it
/// began with the state that was seen first. Otherwise somebody else made the change.
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

    /// <summary>
    /// Settles a dispute at the step's first change of a path. The tracee still stands at the end of its call.
    /// </summary>
    /// <param name="record">The record of the path.</param>
    /// <param name="before">What existed just before the change.</param>
    /// <param name="now">What exists since.</param>
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

        // The first look may have been too early itself, and have seen the result of the change. Then the step learnt
        // nothing of the path before the change.
        if (record.Stamp.Exists == now.Exists && record.Stamp.Inode == now.Inode && record.Stamp.Device == now.Device
            && IsSame(record.Stamp, now))
        {
            record.IsRead = record.IsProbed = record.IsMissed = false;
            record.Names = null;
            record.IsDisputed = false;
        }
    }

    /// <summary>
    /// Settles a dispute about a path whose directory the step has renamed: then the path is missing by the step's own
    /// work.
    /// </summary>
    private static void SettleMoved(PathRecord below) => below.IsDisputed &= below.SeenSince.Exists;

    private void RefuseDisputed()
    {
        foreach (PathRecord record in _disputed)
        {
            if (record.IsDisputed)
            {
                Refuse($"input changed{Reasons.WhileItRan}{Shown(record.Path)}");
            }
        }
    }
}
