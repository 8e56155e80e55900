using System.Runtime.InteropServices;
using Fptrace.Linux.Imports;
using LibC = Tmds.Linux.LibC;

namespace Fptrace.Linux.Processes;

/// <summary>Starts programs. Paths, arguments and variables are bytes.</summary>
internal static unsafe class Programs
{
    /// <summary>Starts a program with posix_spawn(3) and keeps one descriptor open in it.</summary>
    /// <returns>The process, or −errno.</returns>
    public static int Spawn(byte[] path, byte[][] arguments, byte[][] environment, int descriptor)
    {
        // posix_spawn_file_actions_t is 80 bytes in glibc and musl.
        byte* actions = stackalloc byte[512];
        _ = libc.posix_spawn_file_actions_init(actions);

        // dup2 of a descriptor onto itself makes posix_spawn clear its close-on-exec flag.
        _ = libc.posix_spawn_file_actions_adddup2(actions, descriptor, descriptor);
        int pid = 0;
        int result;
        using (var argv = new Words(arguments))
        using (var envp = new Words(environment))
        {
            fixed (byte* p = Terminated(path))
            {
                result = libc.posix_spawn(&pid, p, actions, null, argv.Pointers, envp.Pointers);
            }
        }

        _ = libc.posix_spawn_file_actions_destroy(actions);
        return result == 0 ? pid : -result;
    }

    /// <summary>execve(2).</summary>
    /// <returns>−errno: the call returns only if it fails.</returns>
    public static int Execute(byte[] path, byte[][] arguments, byte[][] environment)
    {
        using var argv = new Words(arguments);
        using var envp = new Words(environment);
        fixed (byte* p = Terminated(path))
        {
            _ = LibC.execve(p, argv.Pointers, envp.Pointers);
            return -LibC.errno;
        }
    }

    private static byte[] Terminated(byte[] bytes) => [.. bytes, 0];

    /// <summary>A NULL-terminated array of C strings.</summary>
    private sealed class Words : IDisposable
    {
        private readonly byte* _strings;

        public Words(byte[][] words)
        {
            int size = words.Sum(word => word.Length + 1);
            Pointers = (byte**)NativeMemory.Alloc((nuint)(words.Length + 1), (nuint)sizeof(byte*));
            _strings = (byte*)NativeMemory.Alloc((nuint)Math.Max(size, 1));
            byte* next = _strings;
            for (int i = 0; i < words.Length; i++)
            {
                Pointers[i] = next;
                words[i].CopyTo(new Span<byte>(next, words[i].Length));
                next += words[i].Length;
                *next++ = 0;
            }

            Pointers[words.Length] = null;
        }

        public byte** Pointers { get; }

        public void Dispose()
        {
            NativeMemory.Free(Pointers);
            NativeMemory.Free(_strings);
        }
    }
}
