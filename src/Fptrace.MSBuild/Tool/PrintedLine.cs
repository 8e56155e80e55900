using System.Text;
using Fptrace.Manifests;

namespace Fptrace.MSBuild.Tool;

/// <summary>One line that a command printed, as Exec would have received it.</summary>
internal readonly record struct PrintedLine(bool IsError, string Text)
{
    /// <summary>
    /// Splits what a command printed into lines, in the order in which they ended. A line may span several chunks.
    /// </summary>
    public static IEnumerable<PrintedLine> Split(IReadOnlyList<OutputChunk> printed, Encoding output, Encoding error)
    {
        // Decode each stream as a whole: a chunk may end within a character.
        LineQueue outputs = new(output);
        LineQueue errors = new(error);
        foreach (OutputChunk chunk in printed)
        {
            foreach (string line in (chunk.IsError ? errors : outputs).Add(chunk.Bytes.Span))
            {
                yield return new PrintedLine(chunk.IsError, line);
            }
        }

        if (outputs.End() is string lastOutput)
        {
            yield return new PrintedLine(IsError: false, lastOutput);
        }

        if (errors.End() is string lastError)
        {
            yield return new PrintedLine(IsError: true, lastError);
        }
    }
}
