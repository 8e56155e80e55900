namespace Fptrace.Steps;

/// <summary>A fixed set of names of variables. It classifies a whole environment within a microsecond or two.</summary>
/// <remarks>It hashes nothing, so it costs nothing at the start of the process, as a hash set would.</remarks>
internal sealed class SortedNames
{
    private const int Letters = 128;

    private readonly string[] _names;
    private readonly string[] _patterns;

    // The index of the first name that begins with each letter. The last element is the number of names.
    private readonly byte[] _starts = new byte[Letters + 1];

    /// <param name="names">Fewer than 256 ASCII names, sorted by
    /// <see cref="string.CompareOrdinal(string, string)"/>.</param>
    /// <param name="patterns">Names in which a final '*' stands for any ending.</param>
    public SortedNames(string[] names, string[] patterns)
    {
        (_names, _patterns) = (names, patterns);
        int letter = 0;
        for (int i = 0; i < names.Length; i++)
        {
            while (letter <= names[i][0])
            {
                _starts[letter++] = (byte)i;
            }
        }

        while (letter < _starts.Length)
        {
            _starts[letter++] = (byte)names.Length;
        }
    }

    public IEnumerable<string> All => _names.Concat(_patterns);

    public bool Holds(string name)
    {
        if (name.Length > 0 && name[0] < Letters)
        {
            for (int i = _starts[name[0]]; i < _starts[name[0] + 1]; i++)
            {
                if (_names[i] == name)
                {
                    return true;
                }
            }
        }

        return EnvironmentNames.MatchesAny(_patterns, name);
    }
}
