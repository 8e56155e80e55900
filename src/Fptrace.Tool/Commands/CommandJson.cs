using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Fptrace.Commands.Cache;
using Fptrace.Commands.Check;
using Fptrace.Commands.Doctor;
using Fptrace.Commands.List;
using Fptrace.Model;

namespace Fptrace.Commands;

/// <summary>Writes the JSON that commands print for programs.</summary>
/// <remarks>A skip must not use it: the first use takes half a millisecond.</remarks>
[JsonSerializable(typeof(CheckJson[]))]
[JsonSerializable(typeof(ListJson[]))]
[JsonSerializable(typeof(CacheJson))]
[JsonSerializable(typeof(DoctorJson))]
internal sealed partial class CommandJson : JsonSerializerContext
{
    /// <summary>Leaves letters of other alphabets unescaped.</summary>
    public static CommandJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new ByteStringJsonConverter() },
    });

    public static string Write<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.Serialize(value, type);
}
