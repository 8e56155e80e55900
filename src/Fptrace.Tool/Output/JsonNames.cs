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

    /// <param name="json">Where to write.</param>
    /// <param name="property">The name of the array.</param>
    /// <param name="names">What it holds.</param>
    /// <param name="drain">Called after each name where there may be a million of them.</param>
    public static void WriteNames(this Utf8JsonWriter json, string property, IEnumerable<ByteString> names,
        Action? drain = null)
    {
        json.WriteStartArray(property);
        foreach (ByteString name in names)
        {
            json.WriteName(name);
            drain?.Invoke();
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
