using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fptrace.Model;

namespace Fptrace.Commands.List;

/// <summary>What <c>list --json</c> prints.</summary>
internal static class ListJson
{
    public static string Write(IReadOnlyList<ListedStep> steps)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartArray();
            foreach (ListedStep step in steps)
            {
                json.WriteStartObject();
                json.WriteString("manifest", step.Known.Path);
                json.WriteStartArray("command");
                foreach (ByteString word in step.Known.Step.Command)
                {
                    json.WriteStringValue(word.ToString());
                }

                json.WriteEndArray();
                json.WriteString("directory", step.Known.Step.Directory.ToString());
                json.WriteBoolean("upToDate", step.Reason is null);
                json.WriteString("reason", step.Reason);
                json.WriteString("used", DateTime.UnixEpoch.AddTicks(step.Known.UsedNs / TimeSpan.NanosecondsPerTick));
                json.WriteNumber("bytes", step.Known.Size);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }
}
