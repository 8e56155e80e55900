namespace Fptrace.Steps;

/// <summary>make's options in MAKEFLAGS, without those that say how many jobs run at once.</summary>
/// <remarks>
/// See "Communicating Options to a Sub-make" in the manual of GNU make (3.80 to 4.4). Words are separated by blanks,
/// and a backslash escapes a blank in a word. Variables follow after <c>--</c>.
/// </remarks>
internal static class MakeFlags
{
    /// <summary>
    /// The flags without <c>-j</c>, <c>-l</c> and the jobserver, whose descriptors or pipe differ each time.
    /// </summary>
    public static byte[] WithoutJobs(ReadOnlySpan<byte> flags)
    {
        var kept = new List<byte>(flags.Length);
        bool areOptions = true;
        while (!flags.IsEmpty)
        {
            int end = WordEnd(flags);
            ReadOnlySpan<byte> word = flags[..end];
            flags = flags[Math.Min(end + 1, flags.Length)..];
            areOptions &= !word.SequenceEqual("--"u8);
            if (word.IsEmpty || (areOptions && IsOfJobs(word)))
            {
                continue;
            }

            if (kept.Count > 0)
            {
                kept.Add((byte)' ');
            }

            foreach (byte b in word)
            {
                kept.Add(b);
            }
        }

        // "--" without variables behind it says nothing.
        return kept is [(byte)'-', (byte)'-'] ? [] : [.. kept];
    }

    private static bool IsOfJobs(ReadOnlySpan<byte> word) =>
        word.StartsWith("--jobserver-"u8) || word.StartsWith("--jobs"u8) || word.StartsWith("--load-average"u8)
            || word.StartsWith("--max-load"u8)
        || (word.Length > 1 && word[0] == '-' && word[1] is (byte)'j' or (byte)'l' && IsNumber(word[2..]));

    private static bool IsNumber(ReadOnlySpan<byte> text)
    {
        foreach (byte b in text)
        {
            if (b is not ((>= (byte)'0' and <= (byte)'9') or (byte)'.'))
            {
                return false;
            }
        }

        return true;
    }

    private static int WordEnd(ReadOnlySpan<byte> flags)
    {
        for (int i = 0; i < flags.Length; i++)
        {
            if (flags[i] == '\\')
            {
                i++;
            }
            else if (flags[i] == ' ')
            {
                return i;
            }
        }

        return flags.Length;
    }
}
