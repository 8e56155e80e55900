using System.Runtime.InteropServices;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Processes;
using Fptrace.Linux.Ptracing;

namespace Fptrace.Commands.Doctor;

/// <summary>System calls for which fptrace has another way where they are missing.</summary>
internal static class CallFindings
{
    public static IEnumerable<Finding> All()
    {
        yield return Memory();
        yield return Call("openat2", OpenInRoot(), "resolves paths below another root",
            "failed lookups of a command below another root take longer", "Linux 5.6");
        yield return Call("pidfd_open", OpenOwnProcess(), "a signal reaches the process that was meant",
            "fptrace cannot look into the descriptors of others, and signals processes by number", "Linux 5.3");
        yield return FilesAt.HasStatx()
            ? Finding.Found("statx", "tells of files")
            : Finding.Missed("statx", "times of birth are unknown; newfstatat(2) tells the rest",
                "Linux 4.11, or a newer libseccomp around fptrace");
    }

    private static Finding Call(string name, int result, string found, string missed, string kernel) =>
        Finding.Of(name, result, found, missed, kernel + ", or allow it in the sandbox");

    private static int OpenOwnProcess()
    {
        using ProcessHandle? process = ProcessHandle.Open(Environment.ProcessId);
        return process is null ? -Marshal.GetLastSystemError() : 0;
    }

    private static int OpenInRoot()
    {
        int root = Files.Open(fcntl.AT_FDCWD, "/\0"u8, fcntl.O_PATH | fcntl.O_DIRECTORY);
        int result = Files.OpenInRoot(root, ".\0"u8, fcntl.O_DIRECTORY);
        Files.Close(root);
        Files.Close(result);
        return result;
    }

    /// <summary>Reads the memory of this process as that of any tracee.</summary>
    private static Finding Memory()
    {
        const string Name = "process_vm_readv";
        byte[] word = "word\0"u8.ToArray();
        var pinned = GCHandle.Alloc(word, GCHandleType.Pinned);
        try
        {
            var memory = new TraceeMemory();
            memory.Attach(Environment.ProcessId);
            int length = memory.ReadString((ulong)pinned.AddrOfPinnedObject(), new byte[word.Length]);
            const string Remedy = "allow it in the sandbox";
            return length != word.Length - 1 ? Finding.Missed(Name, "paths are read word by word", Remedy)
                : memory.IsReadFromFile ? Finding.Missed(Name, "paths are read from /proc/PID/mem, which takes longer",
                    Remedy)
                : Finding.Found(Name, "reads the paths that a tracee names");
        }
        finally
        {
            pinned.Free();
        }
    }
}
