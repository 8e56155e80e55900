using System.Text;
using Fptrace.Linux.Headers;

namespace Fptrace.Linux.Descriptors;

/// <summary>Text to standard output or error, unbuffered.</summary>
/// <remarks>System.Console looks for the terminal's description first, in eighty files; that takes longer than to start
/// the command.</remarks>
internal sealed class StandardWriter(int fd) : TextWriter
{
    /// <summary>The first errno for which something could not be written; 0: there is none. A reader who has gone wants
    /// no more, and a stream that was closed is nobody's.</summary>
    public int Error { get; private set; }

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => Write([value]);

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    /// <summary>One write(2), so that lines of several processes do not mix.</summary>
    public override void WriteLine(string? value) => Write(value + "\n");

    public override void Write(ReadOnlySpan<char> buffer)
    {
        if (StandardDescriptors.WasClosed(fd))
        {
            return;
        }

        byte[] bytes = new byte[Encoding.GetMaxByteCount(buffer.Length)];
        int length = Encoding.GetBytes(buffer, bytes);

        int result = Pipes.WriteAll(fd, bytes.AsSpan(0, length));
        if (result < 0 && -result != errno.EPIPE && Error == 0)
        {
            Error = -result;
        }
    }
}
