using System.Globalization;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Model;

namespace Fptrace.Output;

/// <summary>The target of an output, checked for write access before the command starts.</summary>
/// <remarks>The check creates nothing.</remarks>
internal sealed class OutputTarget
{
    private const int S_IFMT = 0xf000;
    private const int S_IFREG = 0x8000;
    private const int S_IFDIR = 0x4000;
    private const ulong STATX_ATTR_IMMUTABLE = 0x10;
    private const ulong STATX_ATTR_APPEND = 0x20;
    private const ulong STATX_ATTR_MOUNT_ROOT = 0x2000;

    private OutputTarget(string name) => Name = name;

    /// <summary>
    /// The name that the user gave. Bytes that are not valid UTF-8 are escaped as in <see cref="ByteString"/>.
    /// </summary>
    public string Name { get; }

    /// <summary>The descriptor of this process that is the target; null for a file.</summary>
    public int? Descriptor { get; private init; }

    /// <summary>The absolute path, without symbolic links if it is a regular file; null for a descriptor.</summary>
    public byte[]? Path { get; private init; }

    /// <summary>Whether the target is a descriptor, a pipe or a device, which is written as it is.</summary>
    public bool IsSpecial { get; private init; }

    /// <summary>
    /// Whether a file must be overwritten in place, because no rename can replace it; a mount point, for example.
    /// </summary>
    public bool IsInPlace { get; private init; }

    /// <param name="name">The name that the user gave.</param>
    /// <param name="scripts">A directory that the output of scripts will create if it is missing; null for
    /// none.</param>
    /// <exception cref="FptraceException">The target cannot be written.</exception>
    public static OutputTarget Of(string name, string? scripts = null)
    {
        if (name.Length == 0)
        {
            throw WriteFailure.Of(name, "the name is empty", "name a file");
        }

        if (name.EndsWith('/'))
        {
            throw WriteFailure.Of(name, "it is a directory", "name a file");
        }

        try
        {
            if (OwnDescriptor(name) is int descriptor)
            {
                return OfDescriptor(name, descriptor);
            }

            byte[] path = OutputPath.Absolute(ByteString.Parse(name));

            // Ask the kernel before RealPath follows links: it refuses links that another user has put into a sticky
            // directory (protected_symlinks, proc_sys_fs(5)).
            int result = OwnFiles.Stat(OutputPath.Terminated(path), FinalLink.Follow, out statx found);
            OutputError.Check(result == -errno.ENOENT ? 0 : result);
            byte[] real = RealPath.Of(path);
            return RealPath.DescriptorOf(real) is int own ? OfDescriptor(name, own)
                : result == 0 ? OfExisting(name, path, real, found)
                : OfNew(name, real, scripts);
        }
        catch (OutputError e)
        {
            throw WriteFailure.Of(name, e);
        }
    }

    private static OutputTarget OfDescriptor(string name, int descriptor)
    {
        int mode = StandardDescriptors.WasClosed(descriptor) ? -errno.EBADF : OwnFiles.AccessMode(descriptor);
        return mode switch
        {
            < 0 => throw WriteFailure.Of(name, "that descriptor is closed", "open it, or name a file"),
            fcntl.O_WRONLY or fcntl.O_RDWR => new OutputTarget(name) { Descriptor = descriptor, IsSpecial = true },
            _ =>
                throw WriteFailure.Of(name, "that descriptor is not open for writing",
                    "open it for writing, or name a file"),
        };
    }

    private static OutputTarget OfNew(string name, byte[] real, string? scripts)
    {
        ReadOnlySpan<byte> parent = OutputPath.Parent(real);
        int result = OwnFiles.CanMakeNames(OutputPath.Terminated(parent));
        bool willBe = result == -errno.ENOENT && !string.IsNullOrEmpty(scripts)
            && ScriptDirectory.Contains(parent, RealPath.Of(OutputPath.Absolute(ByteString.Parse(scripts))));
        OutputError.Check(willBe ? 0 : result);
        return new OutputTarget(name) { Path = real };
    }

    private static OutputTarget OfExisting(string name, byte[] path, byte[] real, in statx found)
    {
        switch (found.stx_mode & S_IFMT)
        {
            case S_IFDIR:
                throw new OutputError(errno.EISDIR);
            case not S_IFREG:
                return new OutputTarget(name) { Path = path, IsSpecial = true };
        }

        const ulong Fixed = STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND | STATX_ATTR_MOUNT_ROOT;
        byte[] parent = OutputPath.Terminated(OutputPath.Parent(real));
        if ((found.stx_attributes & Fixed) == 0
            && OwnFiles.Stat(parent, FinalLink.Follow, out statx directory) == 0
            && !OwnFiles.IsHeldBySticky(directory, found)
            && OwnFiles.CanMakeNames(parent) is 0 or -errno.ENOSPC or -errno.EDQUOT)
        {
            return new OutputTarget(name) { Path = real };
        }

        // Open the file as the end will do, but write nothing.
        Files.Close(OutputError.Check(OwnFiles.Open(OutputPath.Terminated(real), fcntl.O_WRONLY | fcntl.O_NONBLOCK)));
        return new OutputTarget(name) { Path = real, IsInPlace = true };
    }

    /// <summary>The descriptor that a name stands for, if any.</summary>
    /// <remarks>Only the text is compared: /proc may not be mounted, and shells know these names, too.</remarks>
    private static int? OwnDescriptor(string name)
    {
        switch (name)
        {
            case "-" or "/dev/stdout":
                return 1;
            case "/dev/stderr":
                return 2;
            default:
                string? digits = name.StartsWith("/dev/fd/", StringComparison.Ordinal) ? name["/dev/fd/".Length..]
                    : name.StartsWith("/proc/self/fd/", StringComparison.Ordinal) ? name["/proc/self/fd/".Length..]
                    : null;
                return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int descriptor)
                    ? descriptor
                    : null;
        }
    }
}
