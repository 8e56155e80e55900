using Fptrace.Linux.Proc;
using Fptrace.Linux.Processes;
using Fptrace.Model;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>What wait4 does not tell.</summary>
internal sealed partial class PtraceLoop
{
    // A millisecond apart.
    private const int MostDenials = 100;

    /// <summary>Processes of which a thread was ended from elsewhere: such a thread does not announce the child that it has just made.</summary>
    private readonly HashSet<int> _lossy = [];

    private int _denials;

    /// <summary>wait4 says that there is nobody to wait for, or fails.</summary>
    /// <returns>false when there is indeed nobody.</returns>
    /// <exception cref="FptraceException">Some do stand there, and their stops cannot be learnt of: they would stand for ever.</exception>
    private bool AwaitNews()
    {
        if (!_tracees.All().Any(IsOurs))
        {
            return false;
        }

        if (++_denials > MostDenials)
        {
            throw new FptraceException(ExitCodes.Internal, "wait4 is denied, so nobody can be traced; what still ran was ended");
        }

        // What a failing wait4 cannot tell nothing else tells.
        Thread.Sleep(1);
        return true;
    }

    private void NoteLoss(Tracee ended, WaitStatus status)
    {
        if (status.Signaled || ended.Group.Count > 0)
        {
            _lossy.Add(ended.Tgid);
        }
    }

    /// <summary>Whether whoever made a newborn may have ended before its first stop: then nothing announces it, and no end to come wakes us for it.</summary>
    private bool HasLostMaker(int newborn)
    {
        if (_lossy.Count == 0)
        {
            return false;
        }

        ProcessStatus status = ProcessStatus.Of(newborn);
        int maker = status.Tgid != newborn ? status.Tgid : status.ParentId;
        return _tracees.Find(maker) is null || _lossy.Contains(maker);
    }

    /// <summary>Of those that are left when nobody is left to wait for, what they did is known to their end.</summary>
    /// <remarks>
    /// A tracee cannot leave its tracer alive. But the end of a thread is announced to nobody when execve gives it the number of its
    /// process, and it is killed before it can tell so (<see cref="RemoveGhosts"/>), and its own number may be another one's by now.
    /// </remarks>
    internal void ForgetGhosts()
    {
        foreach (Tracee ghost in _tracees.All().ToArray())
        {
            if (ghost.Tid == ghost.Tgid || IsOurs(ghost))
            {
                _recorder.AddReason(IncompleteReason.LostProcess, ghost.Tgid, "its end was not seen");
                continue;
            }

            Forget(ghost);
        }
    }

    private static bool IsOurs(Tracee tracee) => ProcessStatus.Of(tracee.Tid).TracerId == Environment.ProcessId;
}
