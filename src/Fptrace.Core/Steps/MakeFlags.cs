namespace Fptrace.Steps;

/// <summary>What make's options, as MAKEFLAGS hands them on, say besides how many jobs run at once.</summary>
/// <remarks>GNU make 3.80 to 4.4, "Communicating Options to a Sub-make": words, a blank in one follows a backslash;
/// after <c>--</c> come variables.</remarks>
internal static class MakeFlags
{
    /// <summary>Without <c>-j</c>, <c>-l</c> and the jobserver, which is another pair of descriptors or another pipe
    /// each time.</summary>
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

        // What introduces variables where there are none says nothing.
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
