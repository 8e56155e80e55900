namespace Fptrace.MSBuild.State;

/// <summary>
/// Recognises files that projects build by their place: in <c>bin</c> or <c>obj</c> beside a project file.
/// </summary>
internal sealed class BuiltFiles
{
    private readonly Dictionary<string, bool> _hasProject = new(StringComparer.Ordinal);

    /// <param name="path">A full path.</param>
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
