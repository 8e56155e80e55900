using Fptrace.Steps;

namespace Fptrace.Keeping;

/// <summary>Where keep directories are made.</summary>
internal static class KeepPlace
{
    /// <summary><c>$XDG_STATE_HOME/fptrace/undeleted</c>, otherwise below <c>~/.local/state</c>. Out of the way of
    /// most commands; null: there is no home directory.</summary>
    public static string? Default =>
        UserDirectories.State is { } state ? Path.Combine(state, "fptrace/undeleted") : null;
}
