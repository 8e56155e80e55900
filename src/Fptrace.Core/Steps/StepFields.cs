using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Fptrace.Model;

namespace Fptrace.Steps;

/// <summary>
/// All fields of a step as bytes, from which the name of its manifest and its cache key are computed.
/// </summary>
/// <remarks>No two steps give the same bytes, because a length or a count precedes each field.</remarks>
internal sealed class StepFields : IStepVisitor
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly bool _anywhere;

    // The command and the directory are written after the root, since the directory is stored relative to it.
    private IReadOnlyList<ByteString> _command = [];
    private ByteString _directory;

    private StepFields(bool anywhere) => _anywhere = anywhere;

    /// <param name="step">The step.</param>
    /// <param name="anywhere">Whether to leave out where the root is.</param>
    public static ReadOnlySpan<byte> Of(StepIdentity step, bool anywhere)
    {
        var fields = new StepFields(anywhere);
        fields.Bytes(Encoding.UTF8.GetBytes(Schema.Name));
        _ = step.Visit(fields);
        return fields._buffer.WrittenSpan;
    }

    public IReadOnlyList<ByteString> Command(IReadOnlyList<ByteString> words) => _command = words;

    public ByteString Directory(ByteString path) => _directory = path;

    public ByteString Root(ByteString path)
    {
        Bytes(_anywhere ? [] : path.Span);

        // Together with the root, the relative path determines the directory.
        Bytes(StoredPath.Shorten(_directory, path).Span);
        Number(_command.Count);
        foreach (ByteString word in _command)
        {
            Bytes(word.Span);
        }

        return path;
    }

    public EnvironmentMode Mode(string name, EnvironmentMode mode)
    {
        Number((int)mode);
        return mode;
    }

    public int Number(string name, int number)
    {
        Number(number);
        return number;
    }

    public IReadOnlyList<string> Texts(string name, IReadOnlyList<string> texts)
    {
        Number(texts.Count);
        foreach (string text in texts)
        {
            Bytes(Encoding.UTF8.GetBytes(text));
        }

        return texts;
    }

    public ByteString Name(string name, ByteString bytes)
    {
        Bytes(bytes.Span);
        return bytes;
    }

    public bool Flag(string name, bool flag)
    {
        Flag(flag);
        return flag;
    }

    public StandardInput? Input(StandardInput? input)
    {
        Flag(input is not null);
        if (input is not null)
        {
            Bytes(input.Path.Span);
            input.Digest.CopyTo(_buffer.GetSpan(ContentDigest.Length));
            _buffer.Advance(ContentDigest.Length);
            BinaryPrimitives.WriteInt64LittleEndian(_buffer.GetSpan(sizeof(long)), input.Offset);
            _buffer.Advance(sizeof(long));
            Flag(input.IsUnknown);
        }

        return input;
    }

    public StepTerminal? Terminal(StepTerminal? terminal)
    {
        Number((int)(terminal?.Streams ?? TerminalStreams.None));
        return terminal;
    }

    private void Flag(bool flag) => Number(flag ? 1 : 0);

    private void Bytes(ReadOnlySpan<byte> bytes)
    {
        Number(bytes.Length);
        _buffer.Write(bytes);
    }

    private void Number(int number)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.GetSpan(sizeof(int)), number);
        _buffer.Advance(sizeof(int));
    }
}
