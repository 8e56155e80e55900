using Fptrace.Model;

namespace Fptrace.Keeping;

/// <summary>A name that the command removed, or whose content it replaced, under <c>-u</c>.</summary>
/// <param name="Id">Counts from 1 in a keep directory. The content is in a file of this name there.</param>
/// <param name="Path">Absolute.</param>
/// <param name="Type">What was at the path.</param>
/// <param name="Mode">Permission bits.</param>
/// <param name="User">Its owner.</param>
/// <param name="Group">Its group.</param>
/// <param name="ModifiedNs">Modification time, nanoseconds since 1970.</param>
/// <param name="KeptNs">When it was kept, likewise.</param>
/// <param name="HasContent">False for a directory, and for a fifo, socket or device that could not be linked.</param>
internal sealed record KeptName(
    int Id, ByteString Path, FileType Type, uint Mode, uint User, uint Group, long ModifiedNs, long KeptNs,
    bool HasContent)
{
    /// <summary>The name of the content in the keep directory, with a NUL.</summary>
    public byte[] ContentName => NameOf(Id);

    public static byte[] NameOf(int id) =>
        [.. System.Text.Encoding.ASCII.GetBytes(id.ToString(System.Globalization.CultureInfo.InvariantCulture)), 0];
}
