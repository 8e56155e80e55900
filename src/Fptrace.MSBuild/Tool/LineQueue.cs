using System.Text;

namespace Fptrace.MSBuild.Tool;

/// <summary>
/// Splits bytes that arrive in pieces into lines. A line ends with LF, CR or CR LF, as in the streams of
/// <see cref="System.Diagnostics.Process"/>.
/// </summary>
internal sealed class LineQueue(Encoding encoding)
{
    private readonly Decoder _decoder = encoding.GetDecoder();
    private readonly StringBuilder _line = new();
    private bool _afterReturn;
    private bool _first = true;

    /// <param name="bytes">The next bytes.</param>
    /// <returns>The lines that end here.</returns>
    public List<string> Add(ReadOnlySpan<byte> bytes)
    {
        char[] text = new char[encoding.GetMaxCharCount(bytes.Length)];

        // Never flush: a StreamReader, too, drops an incomplete character at the end of the stream.
        int length = _decoder.GetChars(bytes, text, flush: false);
        var lines = new List<string>();
        foreach (char c in text.AsSpan(0, length))
        {
            // Skip the byte order mark, as a StreamReader does.
            if (_first && c == '\uFEFF')
            {
                _first = false;
                continue;
            }

            _first = false;
            if (c is '\n' && _afterReturn)
            {
                _afterReturn = false;
                continue;
            }

            _afterReturn = c is '\r';
            if (c is '\r' or '\n')
            {
                lines.Add(_line.ToString());
                _line.Clear();
                continue;
            }

            _line.Append(c);
        }

        return lines;
    }

    /// <summary>Ends the stream.</summary>
    /// <returns>The last line, if it has no line end; otherwise null.</returns>
    public string? End() => _line.Length > 0 ? _line.ToString() : null;
}
