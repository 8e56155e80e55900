using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;

namespace Fptrace.Output;

/// <summary>An output file that appears whole or not at all, and only after the command has ended.</summary>
/// <remarks>
/// A <see cref="Spool"/> holds the output, so that the command never sees it, until <see cref="Commit"/> puts it in
/// place (<see cref="WholeFile"/>). If the path is a symbolic link, its target is written. A pipe, a device or a
/// descriptor of this process receives the whole output at the end, so that <c>-d /dev/stdout >> log</c> appends; a
/// live output is written at once.
/// </remarks>
internal sealed class OutputFile : IDisposable
{
    private readonly OutputTarget _target;
    private readonly Spool _spool = new();
    private readonly bool _ownsDescriptor;
    private int _fd = -1;

    /// <param name="target">The target.</param>
    /// <param name="pace">When the readers of a pipe or device receive the output.</param>
    /// <exception cref="FptraceException">It cannot be opened.</exception>
    public OutputFile(OutputTarget target, OutputPace pace = OutputPace.AtEnd)
    {
        _target = target;
        IsLive = pace == OutputPace.AtOnce && target.IsSpecial;
        if (target.Descriptor is int own)
        {
            _fd = own;
        }
        else if (target.IsSpecial)
        {
            // Open the file now, as a shell does: so a FIFO waits for its reader here and not after the command.
            int fd = OwnFiles.Open(OutputPath.Terminated(target.Path), fcntl.O_WRONLY | fcntl.O_NOCTTY);
            _fd = fd >= 0 ? fd : throw WriteFailure.Of(target.Name, new OutputError(-fd));
            _ownsDescriptor = true;
        }
    }

    /// <exception cref="FptraceException">It cannot be opened.</exception>
    public OutputFile(string name, OutputPace pace = OutputPace.AtEnd)
        : this(OutputTarget.Of(name), pace)
    {
    }

    /// <summary>The name that the user gave, for messages.</summary>
    public string Name => _target.Name;

    /// <summary>Whether the output is written at once.</summary>
    public bool IsLive { get; }

    /// <exception cref="OutputError">There is no space left, or no reader.</exception>
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
    /// <exception cref="OutputError">The file cannot be written or put in place.</exception>
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

    /// <summary>Closes the file. Unless <see cref="Commit"/> was called before, the target stays as it was.</summary>
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
