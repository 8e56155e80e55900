using System.Globalization;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Model;

namespace Fptrace.Output;

/// <summary>Where an output goes, and that it can be written there: found out before the command starts, and nothing is
/// made for it.</summary>
internal sealed class OutputTarget
{
    private const int S_IFMT = 0xf000;
    private const int S_IFREG = 0x8000;
    private const int S_IFDIR = 0x4000;
    private const ulong STATX_ATTR_IMMUTABLE = 0x10;
    private const ulong STATX_ATTR_APPEND = 0x20;
    private const ulong STATX_ATTR_MOUNT_ROOT = 0x2000;

    private OutputTarget(string name) => Name = name;

    /// <summary>As the user gave it; bytes that are no UTF-8 as <see cref="ByteString"/> escapes them.</summary>
    public string Name { get; }

    /// <summary>The number of a descriptor of ours that the output goes to.</summary>
    public int? Descriptor { get; private init; }

    /// <summary>The file, absolute and with its links followed; null for a descriptor.</summary>
    public byte[]? Path { get; private init; }

    /// <summary>It is a pipe or a device, which is written as it is.</summary>
    public bool IsSpecial { get; private init; }

    /// <summary>A rename cannot put another file in its place: it is mounted by itself, say.</summary>
    public bool IsInPlace { get; private init; }

    /// <param name="name">As the user gave it.</param>
    /// <param name="scripts">A directory that another output makes if it is missing; may be null.</param>
    /// <exception cref="FptraceException">It cannot be written.</exception>
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

            // Before our own way of following links: the kernel refuses those that somebody else put into a directory
            // for all.
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

        // What will be done in the end, without the writing.
        Files.Close(OutputError.Check(OwnFiles.Open(OutputPath.Terminated(real), fcntl.O_WRONLY | fcntl.O_NONBLOCK)));
        return new OutputTarget(name) { Path = real, IsInPlace = true };
    }

    /// <remarks>Without looking: /proc may be missing, and the shells know these names too.</remarks>
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
