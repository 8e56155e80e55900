using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Roots;

/// <summary>Roots that have the native tool and little else, each made once.</summary>
/// <remarks>The tool is /bin/fptrace. /w and /proc are empty directories, on which <c>container.c</c> mounts.</remarks>
internal sealed class MinimalRoots : IDisposable
{
    private static readonly TimeSpan LongestDownload = TimeSpan.FromMinutes(5);

    private readonly string _top = Directory.CreateTempSubdirectory("fptrace-roots-").FullName;
    private readonly Dictionary<string, string> _made = new(StringComparer.Ordinal);

    public MinimalRoots() => Open(_top);

    /// <summary>Runs a script of the root's shell without any environment but PATH.</summary>
    /// <param name="root">busybox, debian or musl.</param>
    /// <param name="options">Those of <c>container.c</c>.</param>
    /// <param name="script">The script, which begins in the empty /w.</param>
    /// <param name="before">Words before the container's program.</param>
    public CommandResult Run(string root, string options, string script, params string[] before)
    {
        Requires.That(FptraceExecutable.IsNative, "needs the native tool (FPTRACE_UNDER_TEST)");
        string[] words = options.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        CommandResult result = CommandRunner.Run("/", [.. before, TestPrograms.Path("container"), Made(root), .. words,
            "--", "/bin/env", "-i", "PATH=/bin", "/bin/sh", "-c", script]);
        Requires.That(result.ExitCode != TestProgram.Unsupported, "needs root or user namespaces, and seccomp");
        return result;
    }

    public void Dispose() => CommandRunner.Run("/", ["rm", "-rf", _top]);

    private static void Open(string directory) =>
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);

    private static void Succeed(TimeSpan? limit, params string[] command)
    {
        CommandResult result = CommandRunner.Run("/", command, limit);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    private string Made(string root)
    {
        if (!_made.TryGetValue(root, out string? path))
        {
            path = Directory.CreateDirectory(Path.Combine(_top, root)).FullName;
            Open(path);
            Make(root, path);
            foreach (string directory in (string[])["proc", "w"])
            {
                Open(Directory.CreateDirectory(Path.Combine(path, directory)).FullName);
            }

            // Through the link that an installed tool is.
            Copy(File.ResolveLinkTarget(FptraceExecutable.Command[0], returnFinalTarget: true)?.FullName
                ?? FptraceExecutable.Command[0], Path.Combine(path, "bin/fptrace"));
            _made[root] = path;
        }

        return path;
    }

    private static void Make(string root, string path)
    {
        switch (root)
        {
            case "debian":
                MakeDebian(path);
                break;
            case "musl":
                MakeBusybox(path, "env", "rm", "sh");
                MakeMusl(path);
                break;
            default:
                MakeBusybox(path, "cat", "cp", "env", "false", "rm", "sh", "tee");
                break;
        }
    }

    /// <summary>One static executable under several names, and no other file.</summary>
    private static void MakeBusybox(string path, params string[] names)
    {
        const string Busybox = "/bin/busybox";
        Requires.That(File.Exists(Busybox)
            && CommandRunner.Run("/", ["readelf", "-lW", Busybox]) is { ExitCode: 0 } headers
            && !headers.Output.Contains("INTERP", StringComparison.Ordinal), "needs busybox-static and readelf");
        string bin = Directory.CreateDirectory(Path.Combine(path, "bin")).FullName;
        foreach (string name in names)
        {
            Copy(Busybox, Path.Combine(bin, name));
        }
    }

    /// <summary>Programs and a C library that are not GNU's.</summary>
    private static void MakeMusl(string path)
    {
        Requires.Program("musl-gcc");
        string cat = Path.Combine(path, "bin/cat");
        Succeed(null, "musl-gcc", "-o", cat, Path.Combine(TestProgram.Folder, "basics.c"));
        foreach (string name in (string[])["cp", "false", "tee"])
        {
            Copy(cat, Path.Combine(path, "bin", name));
        }

        string loader = Directory.GetFiles("/lib", "ld-musl-*.so.1").Single();
        Directory.CreateDirectory(Path.Combine(path, "lib"));
        Copy(loader, Path.Combine(path, "lib", Path.GetFileName(loader)));
    }

    /// <summary>
    /// The packages that every Debian has, unpacked. Plug-ins that end the process stand where its configuration names
    /// them: for the C library's look-ups, and for OpenSSL.
    /// </summary>
    private static void MakeDebian(string path)
    {
        Requires.Program("debootstrap");
        Requires.That(Environment.IsPrivilegedProcess, "needs root, for debootstrap");
        CommandResult made = CommandRunner.Run("/",
            ["debootstrap", "--variant=minbase", "--foreign", "bookworm", path], LongestDownload);
        Requires.That(made.ExitCode == 0, "needs Debian's packages: " + made.Output);
        // Where debootstrap itself runs in a container, this is a link to itself.
        Succeed(null, "rm", "-rf", Path.Combine(path, "proc"));

        string libraries = Directory.GetDirectories(Path.Combine(path, "lib"), "*-linux-gnu").Single();
        string plugin = Path.Combine(Path.GetRelativePath(path, libraries), "libnss_trap.so.2");
        Plugin.Make(path, plugin);
        Plugin.NameToOpenSsl(path, plugin);
        File.WriteAllText(Path.Combine(path, "etc/nsswitch.conf"), "passwd: trap\ngroup: trap\nhosts: trap\n");
    }

    private static void Copy(string from, string to)
    {
        File.Copy(from, to);
        Open(to);
    }
}
