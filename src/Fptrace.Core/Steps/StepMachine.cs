using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Fptrace.Linux.Imports;
using Fptrace.Linux.Machine;
using Fptrace.Linux.Proc;
using Fptrace.Model;

namespace Fptrace.Steps;

/// <summary>What counts of the machine and the user: where it differs, a command may do something else.</summary>
/// <remarks>docs/manifests.md lists what counts and what does not, with the reasons.</remarks>
public static class StepMachine
{
    private static readonly Lazy<IReadOnlyList<string>> s_current = new(Read);

    /// <summary>The architecture of the system, such as <c>X64</c>.</summary>
    internal static Architecture Architecture => RuntimeInformation.OSArchitecture;

    /// <summary>
    /// The properties of this process, which the commands that it starts share: <c>NAME=VALUE</c>, sorted.
    /// </summary>
    public static IReadOnlyList<string> Current => s_current.Value;

    private static string[] Read()
    {
        // /proc/self/status has the rest. umask(2) could tell the mask only by changing it for all threads for a
        // moment.
        ProcessStatus status = OwnStatus.First;
        string user = status.Text("Uid"u8, word: 1);
        return
        [
            "architecture=" + KernelName.Read().Architecture,

            // What this process holds now says nothing: at execve(2), root gets what the bounding set allows, and other
            // users keep the ambient set (capabilities(7)).
            "capabilities=" + status.Text(user == "0" ? "CapBnd"u8 : "CapAmb"u8, word: 0),
            "group=" + status.Text("Gid"u8, word: 1),
            "groups=" + status.Text("Groups"u8, word: -1),
            "processor=" + Processor(),
            "umask=" + status.Text("Umask"u8, word: 0),
            "user=" + user,
        ];
    }

    /// <summary>
    /// A digest of the processor's model and instructions, which a compiler asks for under -march=native.
    /// </summary>
    private static string Processor()
    {
        if (!X86Base.IsSupported)
        {
            return string.Create(CultureInfo.InvariantCulture,
                $"{libc.getauxval(libc.AT_HWCAP):x}-{libc.getauxval(libc.AT_HWCAP2):x}");
        }

        // Left out are the stepping, the number of this processor among several (EBX of leaf 1), and the bits by which
        // microcode reports mitigations. IsSupported will not do: native code and the just-in-time compiler answer it
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
