using System.Text.Json;
using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Manifests.Format;

/// <summary>Parses a step: an object whose fields may have any order.</summary>
internal sealed class StepReader : IStepVisitor
{
    private readonly Dictionary<string, byte[]> _fields = new(StringComparer.Ordinal);

    private StepReader()
    {
    }

    public static StepIdentity Read(ref ManifestJson json)
    {
        var reader = new StepReader();
        json.Begin(JsonTokenType.StartObject);
        while (json.NextProperty())
        {
            string name = json.PropertyName();
            reader._fields[name] = json.Whole().ToArray();
        }

        // A field that is missing keeps its default.
        var none = new StepIdentity { Command = [], Directory = default, Root = default, EnvironmentVersion = 0 };
        StepIdentity step = none.Visit(reader);
        foreach (string unknown in reader._fields.Keys)
        {
            throw new ManifestFormatException($"it has an unknown property \"{unknown}\"");
        }

        return step;
    }

    public IReadOnlyList<ByteString> Command(IReadOnlyList<ByteString> words) =>
        Take("command", out ManifestJson json) && json.Names(_ => true, "a word") is { Count: > 0 } read
            ? read
            : throw ManifestReader.Missing("command");

    public ByteString Directory(ByteString path) => Path("directory");

    public ByteString Root(ByteString path) => Path("root");

    public EnvironmentMode Mode(string name, EnvironmentMode mode) =>
        !Take(name, out ManifestJson json) ? mode
            : EnvironmentModes.TryParse(json.Text(), out EnvironmentMode read) ? read
            : throw new ManifestFormatException("a mode of the environment is unknown");

    public int Number(string name, int number) =>
        Take(name, out ManifestJson json) ? (int)json.Number(int.MaxValue) : number;

    public IReadOnlyList<string> Texts(string name, IReadOnlyList<string> texts) =>
        Take(name, out ManifestJson json) ? json.Texts() : texts;

    public ByteString Name(string name, ByteString bytes) => Take(name, out ManifestJson json) ? json.Name() : bytes;

    public bool Flag(string name, bool flag) => Take(name, out ManifestJson json) ? json.Boolean() : flag;

    public StandardInput? Input(StandardInput? input) =>
        Take("input", out ManifestJson json) ? ReadInput(ref json) : input;

    public StepTerminal? Terminal(StepTerminal? terminal) =>
        Take("terminal", out ManifestJson json) ? ReadTerminal(ref json) : terminal;

    private bool Take(string name, out ManifestJson json)
    {
        bool isThere = _fields.Remove(name, out byte[]? text);
        json = new ManifestJson(text, new JsonReaderOptions { MaxDepth = ManifestReader.Depth });
        return isThere;
    }

    private ByteString Path(string name) =>
        Take(name, out ManifestJson json) ? json.AbsolutePath() : throw ManifestReader.Missing(name);

    private static StandardInput ReadInput(ref ManifestJson json)
    {
        json.Begin(JsonTokenType.StartObject);
        ByteString path = default;
        ContentDigest digest = default;
        long? offset = null;
        while (json.NextProperty())
        {
            if (json.Is("path"u8))
            {
                path = json.Path();
            }
            else if (json.Is("sha256"u8))
            {
                digest = json.Digest();
            }
            else if (json.Is("offset"u8))
            {
                offset = json.Number(long.MaxValue);
            }
            else
            {
                throw json.Unknown();
            }
        }

        // StandardInput.IsUnknown is written as an empty object.
        bool isNamed = !path.IsEmpty || !digest.IsEmpty;
        return isNamed == offset is not null && (path.IsEmpty || digest.IsEmpty)
            ? new StandardInput { Path = path, Digest = digest, Offset = offset ?? 0, IsUnknown = !isNamed }
            : throw new ManifestFormatException("its standard input is not one that a step can have");
    }

    private static StepTerminal ReadTerminal(ref ManifestJson json)
    {
        json.Begin(JsonTokenType.StartObject);
        TerminalStreams streams = TerminalStreams.None;
        TerminalStreams asked = TerminalStreams.None;
        int? columns = null;
        while (json.NextProperty())
        {
            if (json.Is("streams"u8))
            {
                streams = StepTerminal.Parse(json.Texts());
            }
            else if (json.Is("asked"u8))
            {
                asked = StepTerminal.Parse(json.Texts());
            }
            else if (json.Is("columns"u8))
            {
                columns = (int)json.Number(ushort.MaxValue);
            }
            else
            {
                throw json.Unknown();
            }
        }

        return streams != TerminalStreams.None && (asked & ~streams) == 0
            ? new StepTerminal { Streams = streams, Asked = asked, Columns = columns }
            : throw new ManifestFormatException("its terminal is not one that a step can have");
    }
}
