namespace Fptrace.Model;

/// <summary>Keeps what a step is about to change for the first time, so that it can be put back.</summary>
public interface IUndoLog
{
    /// <param name="path">Absolute, without symbolic links in its directories. Something stands there that the step did
    /// not make; whoever changes it waits meanwhile.</param>
    void Save(ByteString path);
}
