using Fptrace.Linux.Ptracing;
using Fptrace.Model;

namespace Fptrace.Tracing.Names;

/// <summary>An array of pointers to strings in a tracee, which ends with NULL: argv, envp.</summary>
internal static class StringArray
{
    // The kernel takes no more words than MAX_ARG_STRINGS, and no longer list than a quarter of the stack; this ends a walk through garbage.
    private const int MostWords = 1 << 22;

    /// <param name="memory">Attached to the tracee.</param>
    /// <param name="address">Of the array; afterwards, what stands behind it. 0 is an empty one.</param>
    /// <param name="pointerSize">4 or 8.</param>
    public static List<ByteString> Read(TraceeMemory memory, ref ulong address, int pointerSize)
    {
        // The pointers first: strings stand side by side on other pages, and the memory keeps one page.
        var pointers = new List<ulong>();
        while (address != 0 && pointers.Count < MostWords && memory.TryReadNumber(address, pointerSize, out ulong pointer))
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
