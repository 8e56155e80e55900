using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Fptrace.Model;

namespace Fptrace.Output;

/// <summary>An output that appears whole or not at all.</summary>
/// <remarks>
/// What is written goes to a temporary file beside the target, which <see cref="Commit"/> renames onto it and
/// <see cref="Dispose"/> deletes otherwise. A symbolic link is written through. A target that is not a regular file
/// (a pipe, a device) is written straight away; a path that names one of our own descriptors goes to that descriptor, so
/// that <c>-d /dev/stdout >> log</c> appends.
/// </remarks>
[SuppressMessage("Interoperability", "CA1416", Justification = "The tool runs on Linux alone.")]
internal sealed class OutputFile : IDisposable
{
    private const int BufferSize = 1 << 16;
    private const int LongestName = 255;
    private readonly string? _target;
    private readonly string? _temporary;
    private bool _closed;

    /// <param name="path">As the user gave it.</param>
    /// <param name="existing">What stands there, links followed; <see cref="FileType.None"/> for nothing.</param>
    /// <exception cref="FptraceException">It cannot be opened.</exception>
    public OutputFile(string path, FileType existing)
    {
        Path = path;
        if (path.Length == 0)
        {
            throw WriteFailure.Of(path, "the name is empty", "name a file");
        }

        if (existing == FileType.Directory || path.EndsWith('/'))
        {
            throw WriteFailure.Of(path, "it is a directory", "name a file");
        }

        try
        {
            if (OwnDescriptor(path) is int descriptor)
            {
                Stream = OpenDescriptor(descriptor);
            }
            else if (existing is FileType.None or FileType.Regular)
            {
                _target = RealPath.Of(path);
                _temporary = TemporaryName(_target);
                Stream = CreateTemporary(_temporary, existing == FileType.Regular ? File.GetUnixFileMode(_target) : null);
            }
            else
            {
                Stream = new FileStream(path, FileMode.Open, System.IO.FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, BufferSize);
            }
        }
        catch (Exception e) when (WriteFailure.Is(e))
        {
            throw WriteFailure.Of(path, e);
        }
    }

    /// <summary>As the user gave it, for messages.</summary>
    public string Path { get; }

    /// <summary>Buffered.</summary>
    public Stream Stream { get; }

    /// <summary>Readers see what is written without waiting for <see cref="Commit"/>.</summary>
    public bool IsDirect => _temporary is null;

    /// <summary>The file that is written in the end: absolute, links followed; null when it is a descriptor of ours.</summary>
    public static string? ResolveTarget(string path) => OwnDescriptor(path) is null ? RealPath.Of(path) : null;

    /// <summary>Puts the file in place. Nothing can be written afterwards.</summary>
    /// <exception cref="IOException">The last bytes could not be written, or the rename failed.</exception>
    public void Commit()
    {
        Stream.Flush();
        Stream.Dispose();
        if (_temporary is not null)
        {
            File.Move(_temporary, _target!, overwrite: true);
        }

        _closed = true;
    }

    /// <summary>Without a <see cref="Commit"/> before, the target stays as it was.</summary>
    public void Dispose()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        try
        {
            Stream.Dispose();
        }
        catch (IOException)
        {
            // Closing writes what is buffered; it is thrown away here in any case.
        }

        try
        {
            if (_temporary is not null)
            {
                File.Delete(_temporary);
            }
        }
        catch (Exception e) when (WriteFailure.Is(e))
        {
            // The failure that led here is the one to report.
        }
    }

    private static FileStream CreateTemporary(string name, UnixFileMode? mode)
    {
        // Left by a process that was killed and had the same id. It is removed rather than reused, and the new one made with
        // O_EXCL: in a shared directory the name may be a link that somebody else put there.
        File.Delete(name);
        FileStream stream = new(name, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = System.IO.FileAccess.Write,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = BufferSize,
        });
        if (mode is UnixFileMode same)
        {
            File.SetUnixFileMode(stream.SafeFileHandle, same);
        }

        return stream;
    }

    private static string TemporaryName(string target)
    {
        string name = System.IO.Path.GetFileName(target);
        string ending = string.Create(CultureInfo.InvariantCulture, $".fptrace-{Environment.ProcessId}.tmp");
        if (Encoding.UTF8.GetByteCount(name) + ending.Length + 1 > LongestName)
        {
            // A code unit is at most three bytes. Half a surrogate pair would not survive as a file name.
            int length = (LongestName - ending.Length) / 4;
            name = name[..(char.IsHighSurrogate(name[length - 1]) ? length - 1 : length)];
        }

        return System.IO.Path.Join(System.IO.Path.GetDirectoryName(target), $".{name}{ending}");
    }

    private static int? OwnDescriptor(string path)
    {
        switch (path)
        {
            case "-" or "/dev/stdout":
                return 1;
            case "/dev/stderr":
                return 2;
            default:
                string? digits = path.StartsWith("/dev/fd/", StringComparison.Ordinal) ? path["/dev/fd/".Length..]
                    : path.StartsWith("/proc/self/fd/", StringComparison.Ordinal) ? path["/proc/self/fd/".Length..]
                    : null;
                return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int descriptor) ? descriptor : null;
        }
    }

    private static Stream OpenDescriptor(int descriptor) => descriptor switch
    {
        1 => new BufferedStream(Console.OpenStandardOutput(), BufferSize),
        2 => new BufferedStream(Console.OpenStandardError(), BufferSize),
        _ => new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(descriptor, ownsHandle: false), System.IO.FileAccess.Write, BufferSize),
    };
}
