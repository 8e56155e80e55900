namespace Fptrace.Keeping;

/// <summary>Where keep directories are made.</summary>
internal static class KeepPlace
{
    /// <summary><c>$XDG_STATE_HOME/fptrace/undeleted</c>, otherwise below <c>~/.local/state</c>. Out of the way of
    /// most commands; null: there is no home directory.</summary>
    public static string? Default
    {
        get
        {
            if (Environment.GetEnvironmentVariable("XDG_STATE_HOME") is ['/', ..] state)
            {
                return Path.Combine(state, "fptrace/undeleted");
            }

            string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            return home.Length == 0 ? null : Path.Combine(home, ".local/state/fptrace/undeleted");
        }
    }
}
