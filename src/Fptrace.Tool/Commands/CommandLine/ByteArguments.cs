using System.Text;
using Fptrace.Model;
using Fptrace.Tracing.Proc;

namespace Fptrace.Commands.CommandLine;

/// <summary>The words of the command line with the bytes that they have lost: the runtime puts U+FFFD where one is no
/// UTF-8.</summary>
internal static class ByteArguments
{
    /// <returns>The words, and in those that are no UTF-8 the escapes of <see cref="ByteString"/>.</returns>
    public static string[] Of(string[] args)
    {
        if (!args.Any(word => word.Contains('\ufffd', StringComparison.Ordinal)))
        {
            return args;
        }

        byte[][] words = StartWords.LastArguments(args.Length);

        // Other words than those of this process are a test's.
        return words.Select(Encoding.UTF8.GetString).SequenceEqual(args)
            ? [.. words.Select(word => new ByteString(word).ToString())]
            : args;
    }
}
