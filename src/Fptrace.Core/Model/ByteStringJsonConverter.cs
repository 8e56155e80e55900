using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace Fptrace.Model;

/// <summary>Converts a <see cref="ByteString"/> to and from a JSON string, with its escapes.</summary>
public sealed class ByteStringJsonConverter : JsonConverter<ByteString>
{
    public override ByteString Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return ByteString.Parse(reader.GetString() ?? throw new JsonException("a name cannot be null"));
        }
        catch (FormatException e)
        {
            throw new JsonException(e.Message, e);
        }
    }

    public override void Write(Utf8JsonWriter writer, ByteString value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);

        // Valid UTF-8 needs no conversion to UTF-16 and back.
        if (Utf8.IsValid(value.Span))
        {
            writer.WriteStringValue(value.Span);
        }
        else
        {
            writer.WriteStringValue(value.ToString());
        }
    }
}
