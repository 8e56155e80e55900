namespace Fptrace.Commands.Help;

/// <summary>The help of <c>fptrace help</c>.</summary>
internal static class HelpHelp
{
    public static HelpPage Page { get; } = new(
        """
        fptrace help tells about fptrace, one of its verbs, or the formats that it writes.

        Usage: fptrace help [--man] [VERB]
               fptrace help [--man] formats
        """,
        "");
}
