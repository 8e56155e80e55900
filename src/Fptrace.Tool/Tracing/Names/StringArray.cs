using Fptrace.Linux.Ptracing;
using Fptrace.Model;

namespace Fptrace.Tracing.Names;

/// <summary>Reads an array of pointers to strings that a null pointer ends, such as argv or envp.</summary>
internal static class StringArray
{
    // The kernel allows fewer: all must fit into a quarter of the stack limit (execve(2)). This ends a walk through
    // garbage.
    private const int MostWords = 1 << 22;

    /// <param name="memory">Attached to the tracee.</param>
    /// <param name="address">The array's address, or 0 for an empty one. Afterwards, the address behind it.</param>
    /// <param name="pointerSize">4 or 8.</param>
    public static List<ByteString> Read(TraceeMemory memory, ref ulong address, int pointerSize)
    {
        // The pointers come first: the strings are on other pages, and the memory keeps only the last page that was
        // read.
        var pointers = new List<ulong>();
        while (address != 0 && pointers.Count < MostWords
            && memory.TryReadNumber(address, pointerSize, out ulong pointer))
        {
            address += (ulong)pointerSize;
            if (pointer == 0)
            {
                break;
            }

            pointers.Add(pointer);
        }

        var words = new List<ByteString>(pointers.Count);
        foreach (ulong pointer in pointers)
        {
            if (memory.ReadLongString(pointer) is not { } word)
            {
                break;
            }

            words.Add(new ByteString(word));
        }

        return words;
    }
}
