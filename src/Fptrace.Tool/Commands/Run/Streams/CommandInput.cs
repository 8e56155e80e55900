using System.Security.Cryptography;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Manifests;
using Fptrace.Model;
using Fptrace.Steps;
using Fptrace.Tracing.Proc;

namespace Fptrace.Commands.Run.Streams;

/// <summary>What a command gets as its standard input: ours if that is a file, or if it is to be handed on in any case;
/// otherwise /dev/null.</summary>
/// <remarks>
/// The file is open in us, too, so we share its offset with the command and with whoever started us: where the command
/// leaves it, a skip must leave it.
/// </remarks>
internal sealed class CommandInput
{
    /// <summary>More of a file without a name is not read to tell whether it is the same.</summary>
    private const long MostBytes = 64 << 20;

    private readonly FileType _type;

    private CommandInput(FileType type) => _type = type;

    /// <summary>The command gets ours.</summary>
    public bool IsKept { get; private init; }

    /// <summary>What the step is known by; null where the command gets /dev/null.</summary>
    public StandardInput? Identity { get; private init; }

    /// <summary>The path of the file, if it has one.</summary>
    public ByteString Path { get; private init; }

    /// <summary>Why a run with it can never stand for another, nor another for it.</summary>
    public string? Refusal { get; private init; }

    /// <param name="options">Say whether it is handed on.</param>
    /// <param name="terminals">Which standard streams the command gets as a terminal.</param>
    /// <param name="root">Of the step.</param>
    public static CommandInput Find(RunOptions options, TerminalStreams terminals, ByteString root)
    {
        if (options.KeepInput)
        {
            return new CommandInput(FileType.None)
            {
                IsKept = true,
                Identity = new StandardInput { IsUnknown = true },
                Refusal = "its standard input is handed on (--stdin), so nobody knows what it would read",
            };
        }

        if (!options.NoInput && !StandardFiles.IsInherited(0))
        {
            return new CommandInput(FileType.None)
            {
                IsKept = true,
                Identity = new StandardInput { IsUnknown = true },
                Refusal = "its standard input is closed; redirect it from /dev/null, or give it that with --no-stdin",
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
                Identity = new StandardInput { Path = StoredPath.Shorten(path.Span, root), Offset = offset },
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

    /// <summary>Puts /dev/null in place of ours, unless the command gets that.</summary>
    public static void TakeAway()
    {
        int nothing = Files.Open(fcntl.AT_FDCWD, "/dev/null\0"u8, 0);
        Pipes.Replace(nothing, 0);
        Files.Close(nothing);
    }

    /// <summary>The command is about to start.</summary>
    /// <param name="again">For the second time, and it shall find what it found the first time.</param>
    /// <returns>Why the run does not count, or null.</returns>
    public string? Begin(bool again)
    {
        if (Identity is null or { IsUnknown: true })
        {
            return null;
        }

        if (again)
        {
            Descriptions.Seek(0, Identity.Offset, fcntl.SEEK_SET);
        }

        // While we waited for another run of this step.
        return Descriptions.Seek(0, 0, fcntl.SEEK_CUR) == Identity.Offset
            ? null
            : "somebody else read its standard input meanwhile";
    }

    /// <summary>The command has ended.</summary>
    /// <param name="end">Where it left the offset; null where it got no file.</param>
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

    /// <summary>The command did not run: leaves the offset where its run has left it.</summary>
    public void Skip(Manifest manifest)
    {
        if (Identity is not null && manifest.InputEnd is long end)
        {
            Descriptions.Seek(0, end, fcntl.SEEK_SET);
        }
    }

    /// <summary>What there is to say of an input that the command does not get; null when nothing comes
    /// there.</summary>
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
