using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Fptrace.Model;

namespace Fptrace.Output;

/// <summary><c>-s</c>: a launcher script <c>PARENT-ID-BASENAME</c> for each execution, written when it starts.</summary>
[SuppressMessage("Interoperability", "CA1416", Justification = "The tool runs on Linux alone.")]
internal sealed class ScriptOutput : TraceOutput
{
    private const int LongestName = 255;

    private const UnixFileMode Everything =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private readonly string _directory;
    private readonly ScriptText _text = new();

    /// <param name="directory">Made if need be.</param>
    /// <param name="empty"><c>-rm</c>: what is in it is removed first.</param>
    /// <exception cref="FptraceException">It cannot be made or emptied, or must not be emptied.</exception>
    public ScriptOutput(string directory, bool empty)
        : base(directory)
    {
        if (directory.Length == 0)
        {
            throw WriteFailure.Of(directory, "the name is empty", "name a directory");
        }

        try
        {
            _directory = Path.GetFullPath(directory);
            if (empty)
            {
                ScriptDirectory.Empty(_directory);
            }

            Directory.CreateDirectory(_directory);
        }
        catch (Exception e) when (WriteFailure.Is(e))
        {
            throw WriteFailure.Of(directory, e);
        }
    }

    /// <summary>The name of the script; a byte that is not valid UTF-8 becomes <c>%XX</c>, and what is too long is cut.</summary>
    public static string NameOf(Execution execution)
    {
        var name = new StringBuilder();
        name.Append(CultureInfo.InvariantCulture, $"{execution.ParentId}-{execution.Id}-");
        int length = name.Length;
        ReadOnlySpan<byte> rest = BaseName.Of(execution.Path);
        while (!rest.IsEmpty)
        {
            bool valid = Rune.DecodeFromUtf8(rest, out Rune rune, out int consumed) == OperationStatus.Done;
            string next = valid ? rune.ToString() : string.Create(CultureInfo.InvariantCulture, $"%{rest[0]:X2}");
            length += Encoding.UTF8.GetByteCount(next);
            if (length > LongestName)
            {
                break;
            }

            name.Append(next);
            rest = rest[(valid ? consumed : 1)..];
        }

        return name.ToString();
    }

    protected override void WriteStart(Execution execution)
    {
        string file = Path.Join(_directory, NameOf(execution));

        // From an earlier trace. Writing into it would keep its mode and follow it if it is a link.
        File.Delete(file);
        using var stream = new FileStream(file, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = System.IO.FileAccess.Write,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,

            // Passed to open(2), which takes the umask off.
            UnixCreateMode = Everything,
        });
        stream.Write(_text.Of(execution));
    }
}
