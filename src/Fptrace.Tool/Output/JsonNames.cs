using System.Text.Json;
using System.Text.Unicode;
using Fptrace.Model;

namespace Fptrace.Output;

/// <summary>Writes names to JSON, with bytes that are not valid UTF-8 escaped as in <see cref="ByteString"/>.</summary>
internal static class JsonNames
{
    public static void WriteName(this Utf8JsonWriter json, ByteString name)
    {
        if (Utf8.IsValid(name.Span))
        {
            json.WriteStringValue(name.Span);
        }
        else
        {
            json.WriteStringValue(name.ToString());
        }
    }

    public static void WriteName(this Utf8JsonWriter json, string property, ByteString name)
    {
        json.WritePropertyName(property);
        json.WriteName(name);
    }

    public static void WriteNames(this Utf8JsonWriter json, string property, IReadOnlyList<ByteString> names)
    {
        json.WriteStartArray(property);
        foreach (ByteString name in names)
        {
            json.WriteName(name);
        }

        json.WriteEndArray();
    }

    /// <summary>Writes an object that maps descriptors to names.</summary>
    public static void WriteDescriptors(this Utf8JsonWriter json, string property,
        IReadOnlyList<KeyValuePair<int, ByteString>> descriptors)
    {
        json.WriteStartObject(property);
        foreach ((int descriptor, ByteString name) in descriptors)
        {
            json.WriteName(descriptor.ToString(System.Globalization.CultureInfo.InvariantCulture), name);
        }

        json.WriteEndObject();
    }
}
