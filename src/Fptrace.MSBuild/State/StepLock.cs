namespace Fptrace.MSBuild.State;

/// <summary>Lets one build at a time check and run a step: projects that are built in parallel may share one.</summary>
/// <remarks>
/// The tool takes another lock, the RunLock of Core, on another file and only for the run. This lock is held from the
/// check to the end, also if the cache restores the step and no tool runs. On the same file, the tool would wait for
/// its own caller forever.
/// </remarks>
internal sealed class StepLock : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private readonly FileStream _file;

    private StepLock(FileStream file) => _file = file;

    /// <param name="path">The file to lock. It is never removed: otherwise two builds could lock two files of that
    /// name.</param>
    /// <param name="cancelled">Ends the waiting.</param>
    /// <returns>Null if there is no lock: the file cannot be created, or the wait was cancelled.</returns>
    public static StepLock? Take(string path, WaitHandle cancelled)
    {
        do
        {
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                return new StepLock(
                    new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1));
            }
            catch (IOException) when (File.Exists(path))
            {
                // Locked by another build.
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
        while (!cancelled.WaitOne(Pause));

        return null;
    }

    public void Dispose() => _file.Dispose();
}
