using System.Text;
using Fptrace.Linux.Imports;

namespace Fptrace.Linux.Machine;

/// <summary>What uname(2) tells of the kernel.</summary>
/// <param name="Release">Its release, as <c>uname -r</c>.</param>
/// <param name="Architecture">The machine's architecture, as <c>uname -m</c>.</param>
internal sealed record KernelName(string Release, string Architecture)
{
    private const int Length = 65; // of a field of struct utsname
    private const int ReleaseField = 2;
    private const int MachineField = 4;

    public static KernelName Read()
    {
        byte[] names = new byte[6 * Length];
        _ = libc.uname(ref names[0]);
        return new KernelName(Field(names, ReleaseField), Field(names, MachineField));
    }

    private static string Field(byte[] names, int index)
    {
        ReadOnlySpan<byte> field = names.AsSpan(index * Length, Length);
        return Encoding.ASCII.GetString(field[..field.IndexOf((byte)0)]);
    }
}
