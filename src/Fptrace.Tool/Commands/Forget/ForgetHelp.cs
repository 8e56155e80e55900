namespace Fptrace.Commands.Forget;

/// <summary>The help of <c>fptrace forget</c>.</summary>
internal static class ForgetHelp
{
    public static HelpPage Page { get; } = new(
        """
        fptrace forget removes manifests: their commands run again next time. Outputs and the cache stay as they are.

        Usage: fptrace forget MANIFEST...
               fptrace forget [--root DIR] -- COMMAND [ARGUMENT...]
               fptrace forget --older-than AGE [--root DIR]
               fptrace forget --all [--root DIR]
        """,
        """
        A command is meant in this directory, with whatever options it ran. What a command that runs now writes is left.
        fptrace run forgets by itself what was not used for 30 days; see --forget-after.
        """);
}
