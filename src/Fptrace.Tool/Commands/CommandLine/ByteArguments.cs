using System.Text;
using Fptrace.Model;
using Fptrace.Tracing.Proc;

namespace Fptrace.Commands.CommandLine;

/// <summary>Restores the bytes of the command line that the runtime lost when it decoded the words.</summary>
/// <remarks>The runtime puts U+FFFD for a byte that is no UTF-8.</remarks>
internal static class ByteArguments
{
    /// <returns>The words, with the escapes of <see cref="ByteString"/> for bytes that are no UTF-8.</returns>
    public static string[] Of(string[] args)
    {
        if (!args.Any(word => word.Contains('\ufffd', StringComparison.Ordinal)))
        {
            return args;
        }

        byte[][] words = StartWords.LastArguments(args.Length);

        // A test may pass other words than those of this process. They stay as they are.
        return words.Select(Encoding.UTF8.GetString).SequenceEqual(args)
            ? [.. words.Select(word => new ByteString(word).ToString())]
            : args;
    }
}
