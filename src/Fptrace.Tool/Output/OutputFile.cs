using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;

namespace Fptrace.Output;

/// <summary>An output that appears whole or not at all, and not before the command has ended.</summary>
/// <remarks>
/// What is written is kept out of the command's way (<see cref="Spool"/>) until <see cref="Commit"/>, which puts it in
/// place (<see cref="WholeFile"/>). A symbolic link is written through. A pipe, a device and a descriptor of ours get
/// it in one piece, so that <c>-d /dev/stdout >> log</c> appends; or at once, if the reader is to follow.
/// </remarks>
internal sealed class OutputFile : IDisposable
{
    private readonly OutputTarget _target;
    private readonly Spool _spool = new();
    private readonly bool _ownsDescriptor;
    private int _fd = -1;

    /// <param name="target">Where.</param>
    /// <param name="live">Readers of a pipe or device see what is written without waiting for the end.</param>
    /// <exception cref="FptraceException">It cannot be opened.</exception>
    public OutputFile(OutputTarget target, bool live = false)
    {
        _target = target;
        IsLive = live && target.IsSpecial;
        if (target.Descriptor is int own)
        {
            _fd = own;
        }
        else if (target.IsSpecial)
        {
            // As a shell does it: a FIFO waits for its reader here and not after the command.
            int fd = OwnFiles.Open(OutputPath.Terminated(target.Path), fcntl.O_WRONLY | fcntl.O_NOCTTY);
            _fd = fd >= 0 ? fd : throw WriteFailure.Of(target.Name, new OutputError(-fd));
            _ownsDescriptor = true;
        }
    }

    /// <exception cref="FptraceException">It cannot be opened.</exception>
    public OutputFile(string name, bool live = false)
        : this(OutputTarget.Of(name), live)
    {
    }

    /// <summary>As the user gave it, for messages.</summary>
    public string Name => _target.Name;

    /// <summary>What is written goes out at once.</summary>
    public bool IsLive { get; }

    /// <exception cref="OutputError">There is no room for it, or nobody reads it.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (IsLive)
        {
            OutputError.Check(Pipes.WriteAll(_fd, bytes));
        }
        else
        {
            _spool.Write(bytes);
        }
    }

    /// <summary>Puts the file in place. Nothing can be written afterwards.</summary>
    /// <exception cref="OutputError">It could not be written, or not be put in place.</exception>
    public void Commit()
    {
        if (_target.IsSpecial)
        {
            _spool.CopyTo(_fd);
        }
        else if (_target.IsInPlace)
        {
            WholeFile.Overwrite(_target.Path, _spool.CopyTo);
        }
        else
        {
            WholeFile.Replace(_target.Path, _spool.CopyTo);
        }

        Dispose();
    }

    /// <summary>Without a <see cref="Commit"/> before, the target stays as it was.</summary>
    public void Dispose()
    {
        _spool.Dispose();
        if (_ownsDescriptor)
        {
            Files.Close(_fd);
            _fd = -1;
        }
    }
}
