using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fptrace.Output;

/// <summary>A buffer in which one JSON value after the other is made, each on one line.</summary>
internal sealed class JsonRecord : IDisposable
{
    private const int LongValue = 1 << 16;

    private readonly ArrayBufferWriter<byte> _buffer = new(4096);
    private readonly Utf8JsonWriter _writer;

    public JsonRecord() => _writer = new Utf8JsonWriter(_buffer, new JsonWriterOptions
    {
        // The files are read by programs and people, not put into HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    });

    /// <summary>Forgets the value before.</summary>
    public Utf8JsonWriter Begin()
    {
        _buffer.ResetWrittenCount();
        _writer.Reset();
        return _writer;
    }

    /// <summary>Writes what there is of a value that may be long; <see cref="End"/> tells the rest.</summary>
    /// <exception cref="OutputError">It cannot be written.</exception>
    public void Drain(OutputFile file)
    {
        if (_buffer.WrittenCount + _writer.BytesPending >= LongValue)
        {
            _writer.Flush();
            file.Write(_buffer.WrittenSpan);
            _buffer.ResetWrittenCount();
        }
    }

    /// <summary>The value made since <see cref="Begin"/>, or the last <see cref="Drain"/>; valid until the next
    /// one.</summary>
    public ReadOnlySpan<byte> End()
    {
        _writer.Flush();
        return _buffer.WrittenSpan;
    }

    public void Dispose() => _writer.Dispose();
}
