using System.Buffers.Text;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Proc;
using Fptrace.Model;

namespace Fptrace.Tracing.Proc;

/// <summary>A part of a file that a process has mapped to execute it, and not to write it: one line of
/// proc_pid_maps(5).</summary>
/// <param name="Start">The address of the first byte.</param>
/// <param name="Part">Which bytes of which file.</param>
/// <param name="Path">That of the file, as the kernel names it.</param>
internal readonly record struct CodeMapping(ulong Start, FilePart Part, ByteString Path)
{
    /// <returns>Those of all files; none when the process is gone.</returns>
    public static List<CodeMapping> Of(int tid)
    {
        List<CodeMapping> mappings = [];
        ReadOnlySpan<byte> all = Files.ReadAll(ProcPath.Of(tid, "maps"u8));
        foreach (Range line in all.Split((byte)'\n'))
        {
            if (TryParse(all[line], out CodeMapping mapping))
            {
                mappings.Add(mapping);
            }
        }

        return mappings;
    }

    // START-END r-xp OFFSET MAJOR:MINOR INODE PATH
    internal static bool TryParse(ReadOnlySpan<byte> line, out CodeMapping mapping)
    {
        mapping = default;
        if (!TakeNumber(ref line, '-', out ulong start) || !TakeNumber(ref line, ' ', out ulong end)
            || !line.StartsWith("r-xp"u8) || line.Length < 5
            || line.IndexOf((byte)'/') is not (> 0 and var path))
        {
            return false;
        }

        ReadOnlySpan<byte> rest = line[5..path].TrimEnd((byte)' ');
        if (!TakeNumber(ref rest, ' ', out ulong offset) || rest.IndexOf((byte)' ') is not (> 0 and var space)
            || !Utf8Parser.TryParse(rest[(space + 1)..], out ulong inode, out _))
        {
            return false;
        }

        var part = new FilePart(new ByteString(rest[..space]), inode, offset, end - start);
        mapping = new CodeMapping(start, part, new ByteString(line[path..]));
        return true;
    }

    private static bool TakeNumber(ref ReadOnlySpan<byte> line, char end, out ulong number)
    {
        if (!Utf8Parser.TryParse(line, out number, out int length, 'x') || length >= line.Length
            || line[length] != (byte)end)
        {
            return false;
        }

        line = line[(length + 1)..];
        return true;
    }
}
