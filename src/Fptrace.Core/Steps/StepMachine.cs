using System.Globalization;
using System.Runtime.Intrinsics.X86;
using System.Text;
using Fptrace.Linux.Imports;
using Fptrace.Linux.Proc;
using Fptrace.Model;

namespace Fptrace.Steps;

/// <summary>What of the machine and of the user counts: a command may do something else where it is another.</summary>
/// <remarks>docs/manifests.md has the table of what counts and what does not, with the reasons.</remarks>
public static class StepMachine
{
    private const int NameLength = 65; // of a field of struct utsname
    private const int MachineField = 4;
    private static readonly Lazy<IReadOnlyList<string>> s_current = new(Read);

    /// <summary>Of this process, and so of the commands that it starts: <c>NAME=VALUE</c>, sorted.</summary>
    public static IReadOnlyList<string> Current => s_current.Value;

    private static string[] Read()
    {
        byte[] names = new byte[6 * NameLength];
        _ = libc.uname(ref names[0]);
        ReadOnlySpan<byte> machine = names.AsSpan(MachineField * NameLength, NameLength);

        // One file tells the rest, and without changing the umask for an instant, as umask(2) would for all threads.
        ProcessStatus status = OwnStatus.First;
        string user = status.Text("Uid"u8, word: 1);
        return
        [
            "architecture=" + Encoding.ASCII.GetString(machine[..machine.IndexOf((byte)0)]),

            // Who is root gets at execve(2) all that the bounding set allows, and others what is ambient: what this
            // process itself holds the command may not get.
            "capabilities=" + status.Text(user == "0" ? "CapBnd"u8 : "CapAmb"u8, word: 0),
            "group=" + status.Text("Gid"u8, word: 1),
            "groups=" + status.Text("Groups"u8, word: -1),
            "processor=" + Processor(),
            "umask=" + status.Text("Umask"u8, word: 0),
            "user=" + user,
        ];
    }

    /// <summary>A digest of the model and of the instructions that it has, as compilers ask for them with
    /// -march=native.</summary>
    private static string Processor()
    {
        if (!X86Base.IsSupported)
        {
            return string.Create(CultureInfo.InvariantCulture,
                $"{libc.getauxval(libc.AT_HWCAP):x}-{libc.getauxval(libc.AT_HWCAP2):x}");
        }

        // Not the stepping, nor which processor of several this is, nor what a new microcode tells about its
        // mitigations. The runtime's own IsSupported does not do: native code and the just-in-time compiler answer it
        // differently.
        const int Model = unchecked((int)0xfffffff0);
        const int Instructions = 0x03c1413c;
        (int signature, _, int basicC, int basicD) = X86Base.CpuId(1, 0);
        (int leaves, int moreB, int moreC, int moreD) = X86Base.CpuId(7, 0);
        int newest = leaves > 0 ? X86Base.CpuId(7, 1).Eax : 0;
        (_, _, int extendedC, int extendedD) = X86Base.CpuId(unchecked((int)0x80000001), 0);
        return TextDigest.Of(string.Create(
            CultureInfo.InvariantCulture,
            $"{signature & Model:x} {basicC:x} {basicD:x} {moreB:x} {moreC:x} {moreD & Instructions:x} {newest:x} "
                + $"{extendedC:x} {extendedD:x}"));
    }
}
