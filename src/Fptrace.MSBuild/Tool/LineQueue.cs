using System.Text;

namespace Fptrace.MSBuild.Tool;

/// <summary>Makes lines of bytes that come in pieces. A line ends with LF, CR or CR LF, as in the streams of
/// <see cref="System.Diagnostics.Process"/>.</summary>
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

        // Never to the end: a character that breaks off where the stream ends is dropped there, too.
        int length = _decoder.GetChars(bytes, text, flush: false);
        var lines = new List<string>();
        foreach (char c in text.AsSpan(0, length))
        {
            // As a StreamReader does, which skips the mark of byte order.
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

    /// <summary>Nothing follows.</summary>
    /// <returns>What is left is a line; null: nothing is.</returns>
    public string? End() => _line.Length > 0 ? _line.ToString() : null;
}
