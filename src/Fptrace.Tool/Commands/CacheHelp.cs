namespace Fptrace.Commands;

/// <summary>What <c>fptrace cache --help</c> prints.</summary>
internal static class CacheHelp
{
    public const string Text =
        """
        fptrace cache cares for the cache that fptrace run --cache uses.

        Usage: fptrace cache stats|verify|gc|clear [options] [DIR]

          stats                what it holds, and how often it helped
          verify               read all of it and remove what is damaged; exit code 1 if anything was
          gc                   remove what was not used for longest, until the rest fits
          clear                remove everything

          DIR                  default: $XDG_CACHE_HOME/fptrace, or ~/.cache/fptrace
          --size SIZE          gc: what may be left, such as 500M or 10G (default: $FPTRACE_CACHE_SIZE, or 10G)
          --json               stats: JSON on stdout
          -h, --help           this text

        """;
}
