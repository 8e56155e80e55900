using System.Security.Cryptography;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Manifests;
using Fptrace.Model;
using Fptrace.Steps;
using Fptrace.Tracing.Proc;

namespace Fptrace.Commands.Run.Streams;

/// <summary>
/// The standard input of a command: the tool's own if it is a file or is handed on in any case, and otherwise
/// /dev/null.
/// </summary>
/// <remarks>
/// The tool, the command and whoever started the tool share one open file, and so its offset. A skip must leave the
/// offset where the command would leave it.
/// </remarks>
internal sealed class CommandInput
{
    /// <summary>How much of a file without a name is read, to tell later whether it is the same.</summary>
    private const long MostBytes = 64 << 20;

    private readonly FileType _type;
    private bool _hasBegun;

    private CommandInput(FileType type) => _type = type;

    /// <summary>Whether the command gets the tool's standard input.</summary>
    public bool IsKept { get; private init; }

    /// <summary>What the step depends on; null when the command gets /dev/null.</summary>
    public StandardInput? Identity { get; private init; }

    /// <summary>The path of the file, if it has one.</summary>
    public ByteString Path { get; private init; }

    /// <summary>
    /// Why a run with this input can stand for no other run, and no other run for it; null when it can.
    /// </summary>
    public string? Refusal { get; private init; }

    /// <param name="options">Tell whether the input is handed on.</param>
    /// <param name="terminals">Which standard streams the command gets as a terminal.</param>
    /// <param name="root">The root of the step.</param>
    public static CommandInput Find(RunOptions options, TerminalStreams terminals, ByteString root)
    {
        string? unknown = options.KeepInput
            ? "its standard input is handed on (--stdin), so nobody knows what it would read"
            : !options.NoInput && !StandardFiles.IsInherited(0)
            ? "its standard input is closed; redirect it from /dev/null, or give it that with --no-stdin"
            : null;
        if (unknown is not null)
        {
            return new CommandInput(FileType.None)
            {
                IsKept = true,
                Identity = new StandardInput { IsUnknown = true },
                Refusal = unknown,
            };
        }

        if ((terminals & TerminalStreams.Input) != 0)
        {
            return new CommandInput(FileType.None) { IsKept = true };
        }

        FileStamps.Of(0, "\0"u8, fcntl.AT_EMPTY_PATH, out FileStamp stamp);
        bool isWanted = !options.NoInput;
        long offset = isWanted && stamp.Type == FileType.Regular ? Descriptions.Seek(0, 0, fcntl.SEEK_CUR) : -1;
        if (offset < 0)
        {
            return new CommandInput(!isWanted || StandardFiles.IsNothing(0) || Terminals.IsOne(0)
                ? FileType.None
                : stamp.Type);
        }

        string? refusal = (DescriptorFlags.OfFile(0) & fcntl.O_ACCMODE) == 0
            ? null
            : "its standard input is open for writing, so nobody knows whether it changes the file; redirect it with <";
        if (StandardFiles.PathOf(0, stamp) is { IsEmpty: false } path)
        {
            return new CommandInput(stamp.Type)
            {
                IsKept = true,
                Identity = new StandardInput { Path = StoredPath.Shorten(path, root), Offset = offset },
                Path = path,
                Refusal = refusal,
            };
        }

        ContentDigest? digest = stamp.Size <= MostBytes ? Read() : null;
        return new CommandInput(stamp.Type)
        {
            IsKept = true,
            Identity = digest is { } known
                ? new StandardInput { Digest = known, Offset = offset }
                : new StandardInput { IsUnknown = true },
            Refusal = digest is null
                ? "its standard input is a file without a name that cannot be read as a whole; give it one with a name"
                : refusal,
        };
    }

    /// <summary>Replaces the tool's standard input, which the command inherits, by /dev/null.</summary>
    public static void TakeAway()
    {
        int nothing = Files.Open(fcntl.AT_FDCWD, "/dev/null\0"u8, 0);
        Pipes.Replace(nothing, 0);
        Files.Close(nothing);
    }

    /// <summary>Called before the command starts. A second run must find what the first one found.</summary>
    /// <returns>Why the run does not count, or null.</returns>
    public string? Begin()
    {
        if (Identity is null or { IsUnknown: true })
        {
            return null;
        }

        if (_hasBegun)
        {
            Descriptions.Seek(0, Identity.Offset, fcntl.SEEK_SET);
        }

        _hasBegun = true;

        // Somebody may have read while this run waited for another run of the step.
        return Descriptions.Seek(0, 0, fcntl.SEEK_CUR) == Identity.Offset
            ? null
            : "somebody else read its standard input meanwhile";
    }

    /// <summary>Called when the command has ended.</summary>
    /// <param name="end">The offset that the command left; null when it got no file.</param>
    /// <returns>Why the run does not count, or null.</returns>
    public string? End(out long? end)
    {
        end = null;
        if (Identity is null or { IsUnknown: true })
        {
            return null;
        }

        end = Descriptions.Seek(0, 0, fcntl.SEEK_CUR);
        return Identity.Digest.IsEmpty || Read() == Identity.Digest
            ? null
            : "its standard input changed while the command ran";
    }

    /// <summary>Called when the command is skipped: sets the offset that its run left.</summary>
    public void Skip(Manifest manifest)
    {
        if (Identity is not null && manifest.InputEnd is long end)
        {
            Descriptions.Seek(0, end, fcntl.SEEK_SET);
        }
    }

    /// <summary>
    /// Tells the user that the command does not get the input; null when the input has nothing to read.
    /// </summary>
    public string? Loss()
    {
        string? kind = _type switch
        {
            _ when IsKept => null,
            FileType.Fifo => "a pipe",
            FileType.Socket => "a socket",
            FileType.CharacterDevice or FileType.BlockDevice => "a device",
            FileType.Directory => "a directory",
            _ => null,
        };
        return kind is null || (_type is FileType.Fifo or FileType.Socket && Pipes.IsAtEnd(0))
            ? null
            : $"fptrace: standard input is {kind}, which the command does not get; --stdin hands it on, and then the "
                + "command runs each time";
    }

    /// <summary>The digest of the whole file, whatever its offset.</summary>
    private static ContentDigest? Read()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 16];
        long size = 0;
        int length;
        while ((length = Files.ReadAt(0, size, buffer)) > 0 && size <= MostBytes)
        {
            hash.AppendData(buffer, 0, length);
            size += length;
        }

        return length == 0 ? ContentDigest.FromBytes(hash.GetHashAndReset()) : null;
    }
}
