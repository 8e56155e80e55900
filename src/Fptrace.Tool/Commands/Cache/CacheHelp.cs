namespace Fptrace.Commands.Cache;

/// <summary>The help of <c>fptrace cache</c>.</summary>
internal static class CacheHelp
{
    public static HelpPage Page { get; } = new(
        """
        fptrace cache cares for the cache that fptrace run --cache uses.

        Usage: fptrace cache stats|verify|gc|clear [options] [DIR]

          stats                what it holds, and how often it helped
          verify               read all of it and remove what is damaged; exit code 1 if anything was
          gc                   remove what was not used for longest, until the rest fits
          clear                remove everything

          DIR                  default: $XDG_CACHE_HOME/fptrace, or ~/.cache/fptrace
        """,
        "");
}
