namespace Fptrace.Model;

/// <summary>
/// Saves each file that a step is about to change for the first time, so that the change can be undone.
/// </summary>
public interface IUndoLog
{
    /// <param name="path">Absolute, without symbolic links in its directories. The step did not make what exists there.
    /// The tracee that is about to change it waits until this method returns.</param>
    void Save(ByteString path);
}
