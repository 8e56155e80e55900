using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Fptrace.Model;

namespace Fptrace.Steps;

/// <summary>All that a step is, as bytes: of them the name of its manifest is made, and its key in the cache.</summary>
/// <remarks>The one place that lists the fields of <see cref="StepIdentity"/> for keys. No two steps make the same bytes: a length or a count stands before each field.</remarks>
internal sealed class StepFields
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);

    private StepFields()
    {
    }

    /// <param name="step">The step.</param>
    /// <param name="anywhere">Without the place of its root.</param>
    public static ReadOnlySpan<byte> Of(StepIdentity step, bool anywhere)
    {
        var fields = new StepFields();
        fields.Text(Schema.Name);
        fields.Text(anywhere ? default : step.Root);

        // With the root this is the directory itself.
        fields.Text(StoredPath.Shorten(step.Directory.Span, step.Root));
        fields.Texts(step.Command);
        fields.Number((int)step.EnvironmentMode);
        fields.Number(step.EnvironmentVersion);
        fields.Texts(step.Environment);
        fields.Texts(step.EnvironmentIgnore);
        fields.Texts(step.EnvironmentPass);
        fields.Texts(step.Ignore);
        fields.Texts(step.IgnoreListing);
        fields.Number(step.DefaultIgnores);
        fields.Number(step.Servers);
        fields.Text(step.Home);
        fields.Texts(step.Extra);
        fields.Texts(step.Machine);
        fields.Flag(step.AllowNetwork);
        fields.Input(step.Input);
        fields.Number((int)(step.Terminal?.Streams ?? TerminalStreams.None));
        return fields._buffer.WrittenSpan;
    }

    private void Input(StandardInput? input)
    {
        Flag(input is not null);
        if (input is not null)
        {
            Text(input.Path);
            input.Digest.CopyTo(_buffer.GetSpan(ContentDigest.Length));
            _buffer.Advance(ContentDigest.Length);
            BinaryPrimitives.WriteInt64LittleEndian(_buffer.GetSpan(sizeof(long)), input.Offset);
            _buffer.Advance(sizeof(long));
            Flag(input.IsUnknown);
        }
    }

    private void Text(string text) => Bytes(Encoding.UTF8.GetBytes(text));

    private void Text(ByteString text) => Bytes(text.Span);

    private void Texts(IReadOnlyList<string> texts)
    {
        Number(texts.Count);
        foreach (string text in texts)
        {
            Text(text);
        }
    }

    private void Texts(IReadOnlyList<ByteString> texts)
    {
        Number(texts.Count);
        foreach (ByteString text in texts)
        {
            Text(text);
        }
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
