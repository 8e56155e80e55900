namespace Fptrace.Steps;

/// <summary>A fixed list of names of variables, in which a check finds all variables within a microsecond or two.
/// Nothing is hashed at the start of a process.</summary>
internal sealed class SortedNames
{
    private const int Letters = 128;

    private readonly string[] _names;
    private readonly string[] _patterns;

    // Where the names that begin with a letter begin; behind the last letter, where all end.
    private readonly byte[] _starts = new byte[Letters + 1];

    /// <param name="names">Fewer than 256 of ASCII, sorted by
    /// <see cref="string.CompareOrdinal(string, string)"/>.</param>
    /// <param name="patterns">Names with a '*' for any ending.</param>
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
