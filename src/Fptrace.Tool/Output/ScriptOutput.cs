using System.Buffers;
using System.Globalization;
using System.Text;
using Fptrace.Model;

namespace Fptrace.Output;

/// <summary>
/// <c>-s</c>: a launcher script <c>PARENT-ID-BASENAME</c> for each execution, written when the command ends.
/// </summary>
internal sealed class ScriptOutput : TraceOutput
{
    private const int LongestName = 255;
    private const int Everything = 0x1ff;

    private readonly byte[] _directory;
    private readonly Spool _spool = new();
    private readonly List<(string Name, long Offset)> _scripts = [];
    private readonly ScriptText _text = new();
    private string? _firstRemarked;
    private int _remarked;

    /// <param name="directory">The directory. It is created at the end if it is missing.</param>
    /// <param name="empty"><c>-rm</c>: empty the directory first.</param>
    /// <exception cref="FptraceException">The directory cannot be created, written or emptied, or must not be
    /// emptied.</exception>
    public ScriptOutput(string directory, bool empty)
        : base(directory)
    {
        if (directory.Length == 0)
        {
            throw WriteFailure.Of(directory, "the name is empty", "name a directory");
        }

        try
        {
            _directory = OutputPath.Absolute(ByteString.Parse(directory));
            ScriptDirectory.Check(_directory);
            if (empty)
            {
                ScriptDirectory.Empty(directory, _directory);
            }
        }
        catch (OutputError e)
        {
            throw WriteFailure.Of(directory, e);
        }
    }

    public override IEnumerable<string> Notes => _firstRemarked is null ? [] :
    [
        _remarked == 1
            ? $"the script {_firstRemarked} cannot run its program quite as it ran; a comment in it says why"
            : string.Create(CultureInfo.InvariantCulture, $"{_remarked} scripts, {_firstRemarked} first,")
                + " cannot run their programs quite as they ran; comments in them say why",
    ];

    /// <summary>
    /// The name of the script. A byte that is not valid UTF-8 becomes <c>%XX</c>; a long name is cut.
    /// </summary>
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
        _scripts.Add((NameOf(execution), _spool.Length));
        _spool.Write(_text.Of(execution));
        if (_text.HasRemarks)
        {
            _firstRemarked ??= _scripts[^1].Name;
            _remarked++;
        }
    }

    protected override void Finish(TraceSummary summary)
    {
        OutputPath.MakeDirectories(_directory);
        for (int i = 0; i < _scripts.Count; i++)
        {
            (string name, long offset) = _scripts[i];
            long end = i + 1 < _scripts.Count ? _scripts[i + 1].Offset : _spool.Length;

            // Replace a script of an earlier trace. Writing into it would keep its mode, and follow a symbolic link.
            byte[] file = OutputPath.Join(_directory, Encoding.UTF8.GetBytes(name));
            WholeFile.Renew(file, Everything, fd => _spool.CopyTo(fd, offset, end - offset));
        }
    }

    protected override void Discard() => _spool.Dispose();
}
