using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fptrace.Output;

/// <summary>A buffer for one JSON value at a time, each on one line.</summary>
internal sealed class JsonRecord : IDisposable
{
    private const int LongValue = 1 << 16;

    private readonly ArrayBufferWriter<byte> _buffer = new(4096);
    private readonly Utf8JsonWriter _writer;

    public JsonRecord() => _writer = new Utf8JsonWriter(_buffer, new JsonWriterOptions
    {
        // The files are for programs and people, so characters that are special in HTML need no escapes.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    });

    /// <summary>Drops the previous value and begins a new one.</summary>
    public Utf8JsonWriter Begin()
    {
        _buffer.ResetWrittenCount();
        _writer.Reset();
        return _writer;
    }

    /// <summary>
    /// Writes the finished part of a value to the file if it is long. <see cref="End"/> returns only the rest.
    /// </summary>
    /// <exception cref="OutputError">The file cannot be written.</exception>
    public void Drain(OutputFile file)
    {
        if (_buffer.WrittenCount + _writer.BytesPending >= LongValue)
        {
            _writer.Flush();
            file.Write(_buffer.WrittenSpan);
            _buffer.ResetWrittenCount();
        }
    }

    /// <summary>
    /// The value since <see cref="Begin"/> or the last <see cref="Drain"/>. Valid until the next value.
    /// </summary>
    public ReadOnlySpan<byte> End()
    {
        _writer.Flush();
        return _buffer.WrittenSpan;
    }

    public void Dispose() => _writer.Dispose();
}
