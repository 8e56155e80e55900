namespace Fptrace.Commands;

/// <summary>What <c>fptrace forget --help</c> prints.</summary>
internal static class ForgetHelp
{
    public const string Text =
        """
        fptrace forget removes manifests: their commands run again next time. Outputs and the cache stay as they are.

        Usage: fptrace forget MANIFEST...
               fptrace forget --older-than AGE [--root DIR]
               fptrace forget --all [--root DIR]

          --older-than AGE     those in .fptrace below the root that were not used for so long, such as 12h, 30d or 8w
          --all                all that are in .fptrace below the root
          --root DIR           the root (default: as fptrace run finds it)
          -h, --help           this text

        What a command that runs now writes is left. fptrace run forgets by itself what was not used for 30 days; see --forget-after.

        """;
}
