using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Fptrace.Model;

namespace Fptrace.Manifests;

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
        fields.Texts(step.Extra);
        fields.Flag(step.AllowNetwork);
        return fields._buffer.WrittenSpan;
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
