namespace Fptrace.MSBuild.State;

/// <summary>Tells what other projects build, by where it stands: in <c>bin</c> or <c>obj</c> beside a
/// project.</summary>
internal sealed class BuiltFiles
{
    private readonly Dictionary<string, bool> _hasProject = new(StringComparer.Ordinal);

    /// <param name="path">In full.</param>
    public bool Contains(string path)
    {
        for (string? directory = Path.GetDirectoryName(path); directory is not null;
            directory = Path.GetDirectoryName(directory))
        {
            if (Path.GetFileName(directory) is "bin" or "obj" && HasProject(Path.GetDirectoryName(directory)!))
            {
                return true;
            }
        }

        return false;
    }

    private bool HasProject(string directory)
    {
        if (!_hasProject.TryGetValue(directory, out bool has))
        {
            has = Directory.Exists(directory) && Directory.EnumerateFiles(directory, "*.*proj").Any();
            _hasProject.Add(directory, has);
        }

        return has;
    }
}
