namespace Fptrace.MSBuild.State;

/// <summary>Lets one build at a time check and run a step: projects that are built in parallel may share one.</summary>
/// <remarks>
/// Not the RunLock of Core, which the tool takes for the run alone, on another file: this one is held from the check to
/// the end, also where the cache restores the step and no tool runs, and a tool that waited for its own caller would
/// wait for ever.
/// </remarks>
internal sealed class StepLock : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private readonly FileStream _file;

    private StepLock(FileStream file) => _file = file;

    /// <param name="path">The file to lock. It stays, for a file that were removed could be locked twice.</param>
    /// <param name="cancelled">Ends the waiting.</param>
    /// <param name="writes">False: nothing may be written, and the check goes without a lock.</param>
    /// <returns>Null where the file cannot be made.</returns>
    public static StepLock? Take(string path, WaitHandle cancelled, bool writes)
    {
        if (!writes)
        {
            return null;
        }

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
