using System.Runtime.InteropServices;

namespace Fptrace.Linux.Imports;

/// <summary>spawn.h. These answer 0 or an errno value: they do not use errno.</summary>
internal static unsafe partial class libc
{
    [LibraryImport("libc")]
    public static partial int posix_spawn(int* pid, byte* path, void* actions, void* attributes, byte** argv,
        byte** envp);

    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_init(void* actions);

    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_adddup2(void* actions, int from, int to);

    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_destroy(void* actions);
}
