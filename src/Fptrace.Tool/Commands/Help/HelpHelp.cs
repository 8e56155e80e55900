using Fptrace.Commands.CommandLine;

namespace Fptrace.Commands.Help;

/// <summary>The help of <c>fptrace help</c>.</summary>
internal static class HelpHelp
{
    public static HelpPage Page { get; } = new(
        """
        fptrace help tells about fptrace, or about one of its verbs.

        Usage: fptrace help [VERB]
        """,
        "");
}
