using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fptrace.Manifests;

namespace Fptrace.Commands;

/// <summary>What <c>check --json</c> and <c>explain --json</c> print.</summary>
internal static class CheckJson
{
    public static string Write(string path, CheckedManifest known, bool all)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("manifest", path);
            json.WriteBoolean("upToDate", known.Result.IsUpToDate);
            json.WriteString("reason", known.Result.Reason);
            if (all)
            {
                json.WriteStartArray("differences");
                foreach (Difference difference in known.Result.Differences)
                {
                    json.WriteStartObject();
                    json.WriteString("kind", difference.Kind.Name());
                    json.WriteString("subject", difference.Subject);
                    json.WriteString("text", difference.Text);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }
}
