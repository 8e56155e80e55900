using System.Diagnostics;

namespace Fptrace.Support;

/// <summary>Waits for facts that nothing announces.</summary>
internal static class Wait
{
    /// <summary>After so long something hangs, and the test has failed. On a machine that does much else at once, tests
    /// take minutes.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <returns>Whether the fact came true.</returns>
    public static bool Until(Func<bool> fact)
    {
        var time = Stopwatch.StartNew();
        while (!fact())
        {
            if (time.Elapsed > Limit)
            {
                return false;
            }

            Thread.Sleep(10);
        }

        return true;
    }
}
