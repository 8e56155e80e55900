namespace Fptrace.Commands.Version;

/// <summary>The help of <c>fptrace version</c>.</summary>
internal static class VersionHelp
{
    public static HelpPage Page { get; } = new(
        """
        fptrace version prints the version.

        Usage: fptrace version
        """,
        "");
}
