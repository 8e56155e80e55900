using Fptrace.Caching;
using Fptrace.Caching.Store;
using Fptrace.Commands.CommandLine;
using Fptrace.Commands.Run.Streams;

namespace Fptrace.Commands.Run;

/// <summary>How <c>fptrace run</c> uses the cache.</summary>
/// <param name="Directory">--cache=DIR; null for the user's own cache.</param>
/// <param name="Mode">--cache-mode; <see cref="CacheMode.Off"/> when neither it nor --cache was given.</param>
/// <param name="Anywhere">--cache-anywhere.</param>
/// <param name="Idempotent">--cache-idempotent.</param>
internal sealed record CacheSettings(string? Directory, CacheMode Mode, bool Anywhere, bool Idempotent)
{
    public static CacheSettings Off { get; } = new(null, CacheMode.Off, Anywhere: false, Idempotent: false);

    /// <summary>The values of --cache-mode.</summary>
    public static readonly string[] Modes = ["readwrite", "read", "write", "off"];

    /// <summary>How many bytes the cache may take: FPTRACE_CACHE_SIZE, or the default.</summary>
    /// <exception cref="FptraceException">The variable holds no size.</exception>
    public static long Limit => Environment.GetEnvironmentVariable("FPTRACE_CACHE_SIZE") is { Length: > 0 } size
        ? ByteSize.Parse(size, "FPTRACE_CACHE_SIZE")
        : StoreMaintenance.DefaultLimit;

    /// <exception cref="FptraceException">There is no such mode.</exception>
    public static CacheMode ParseMode(string text, string what) => text switch
    {
        "read" => CacheMode.Read,
        "write" => CacheMode.Write,
        "readwrite" => CacheMode.ReadWrite,
        "off" => CacheMode.Off,
        _ => throw Usage.Error(ChoiceOption.Unknown(what, text, Modes)),
    };

    /// <param name="tell">Gets a line when the cache cannot be used. Then the command runs without it.</param>
    /// <returns>null when no cache is wanted, or it cannot be used.</returns>
    /// <exception cref="FptraceException">FPTRACE_CACHE_SIZE holds no size.</exception>
    public BuildCache? Open(Action<string> tell)
    {
        if (Mode == CacheMode.Off)
        {
            return null;
        }

        try
        {
            BuildCache cache = BuildCache.Open(
                Directory,
                new CachePolicy
                {
                    Mode = Mode,
                    Anywhere = Anywhere,
                    Idempotent = Idempotent,
                    Fits = Replayed.Fits,
                    Limit = Limit,
                });
            if (cache.Notice is { } notice)
            {
                tell(notice);
            }

            return cache;
        }
        catch (CacheException e)
        {
            tell($"without the cache: {e.Message}");
            return null;
        }
    }
}
