using System.Text.Json;
using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Manifests.Format;

/// <summary>A Utf8JsonReader for the types of a manifest.</summary>
/// <remarks>Anything unexpected throws <see cref="ManifestFormatException"/> or JsonException.</remarks>
internal ref struct ManifestJson(ReadOnlySpan<byte> text, JsonReaderOptions options)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private Utf8JsonReader _reader = new(text, options);

    /// <summary>A reader for a line that holds one object.</summary>
    public static ManifestJson OfLine(ReadOnlySpan<byte> line)
    {
        var json = new ManifestJson(line, new JsonReaderOptions { MaxDepth = 2 });
        json.Begin(JsonTokenType.StartObject);
        return json;
    }

    /// <summary>Reads the token that opens an object or array.</summary>
    public void Begin(JsonTokenType type)
    {
        Read();
        Expect(type);
    }

    /// <summary>Moves to the next property of the object, or past its end.</summary>
    public bool NextProperty()
    {
        Read();
        return _reader.TokenType == JsonTokenType.PropertyName;
    }

    /// <summary>Moves to the next element of the array, which must begin with this token, or past its end.</summary>
    public bool NextElement(JsonTokenType type)
    {
        Read();
        if (_reader.TokenType == JsonTokenType.EndArray)
        {
            return false;
        }

        Expect(type);
        return true;
    }

    public readonly bool Is(ReadOnlySpan<byte> property) => _reader.ValueTextEquals(property);

    public readonly string PropertyName() => _reader.GetString()!;

    public readonly ManifestFormatException Unknown() => new($"it has an unknown property \"{_reader.GetString()}\"");

    /// <summary>The JSON text of a value of any type.</summary>
    public ReadOnlySpan<byte> Whole()
    {
        Read();
        int start = (int)_reader.TokenStartIndex;
        _reader.Skip();
        return _text[start..(int)_reader.BytesConsumed];
    }

    public string Text()
    {
        Read();
        Expect(JsonTokenType.String);
        return _reader.GetString()!;
    }

    public string? TextOrNull()
    {
        Read();
        return _reader.TokenType == JsonTokenType.Null ? null
            : _reader.TokenType == JsonTokenType.String ? _reader.GetString()
            : throw Unexpected();
    }

    public bool Boolean()
    {
        Read();
        return _reader.TokenType is JsonTokenType.True or JsonTokenType.False
            ? _reader.GetBoolean()
            : throw Unexpected();
    }

    /// <summary>An integer from 0 to <paramref name="largest"/>.</summary>
    public long Number(long largest)
    {
        long value = Integer();
        return value >= 0 && value <= largest
            ? value
            : throw new ManifestFormatException($"a number is {value}, and at most {largest} is possible");
    }

    public long Integer()
    {
        Read();
        Expect(JsonTokenType.Number);
        return _reader.TryGetInt64(out long value) ? value : throw Unexpected();
    }

    /// <summary>Bytes, with the escapes of <see cref="ByteString"/>.</summary>
    public ByteString Name()
    {
        Read();
        Expect(JsonTokenType.String);
        return Current();
    }

    /// <summary>A path in its stored form.</summary>
    public ByteString Path()
    {
        ByteString path = Name();
        return StoredPath.IsValid(path.Span)
            ? path
            : throw new ManifestFormatException("a path is not one that a manifest can have");
    }

    public ByteString AbsolutePath()
    {
        ByteString path = Path();
        return path.Span[0] == (byte)'/'
            ? path
            : throw new ManifestFormatException("a directory's path is not absolute");
    }

    public ContentDigest Digest()
    {
        Read();
        Expect(JsonTokenType.String);
        return !_reader.ValueIsEscaped && ContentDigest.TryParse(_reader.ValueSpan, out ContentDigest digest)
            ? digest
            : throw new ManifestFormatException("a digest is not 64 hexadecimal digits");
    }

    public uint Mode()
    {
        Read();
        Expect(JsonTokenType.String);
        ReadOnlySpan<byte> digits = _reader.ValueSpan;
        uint mode = 0;
        foreach (byte digit in digits)
        {
            mode = digit is >= (byte)'0' and <= (byte)'7' && digits.Length == 4
                ? (mode << 3) | (uint)(digit - '0')
                : throw new ManifestFormatException("a mode is not four octal digits");
        }

        return mode;
    }

    public FileType Type()
    {
        Read();
        Expect(JsonTokenType.String);
        FileType type = FileTypes.Parse(_reader.ValueSpan);
        return type != FileType.None ? type : throw new ManifestFormatException("a type is unknown");
    }

    public ObservationKind Kind()
    {
        Read();
        Expect(JsonTokenType.String);
        return ObservationKinds.Parse(_reader.ValueSpan)
            ?? throw new ManifestFormatException("a kind of observation is unknown");
    }

    public List<string> Texts()
    {
        Begin(JsonTokenType.StartArray);
        var texts = new List<string>();
        while (NextElement(JsonTokenType.String))
        {
            texts.Add(_reader.GetString()!);
        }

        return texts;
    }

    public ByteStringList Names(Func<ReadOnlySpan<byte>, bool> isValid, string what)
    {
        Begin(JsonTokenType.StartArray);
        var names = new ByteStringList();
        while (NextElement(JsonTokenType.String))
        {
            ByteString name = Current();
            names.Add(isValid(name.Span)
                ? name
                : throw new ManifestFormatException($"{what} is not one that a manifest can have"));
        }

        return names;
    }

    /// <summary>Checks that nothing follows the object.</summary>
    public void End()
    {
        if (_reader.TokenType != JsonTokenType.EndObject || _reader.Read())
        {
            throw Unexpected();
        }
    }

    private readonly ByteString Current() =>
        _reader.ValueIsEscaped ? ByteString.Parse(_reader.GetString()!) : new ByteString(_reader.ValueSpan);

    private void Read()
    {
        if (!_reader.Read())
        {
            throw new ManifestFormatException("it ends too early");
        }
    }

    private readonly void Expect(JsonTokenType type)
    {
        if (_reader.TokenType != type)
        {
            throw Unexpected();
        }
    }

    private readonly ManifestFormatException Unexpected() =>
        new($"something unexpected stands at byte {_reader.TokenStartIndex}");
}
