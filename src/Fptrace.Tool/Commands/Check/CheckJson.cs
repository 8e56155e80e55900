using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fptrace.Manifests;
using Fptrace.Manifests.Checking;
using Fptrace.Model;

namespace Fptrace.Commands.Check;

/// <summary>What <c>check --json</c> and <c>explain --json</c> print.</summary>
internal static class CheckJson
{
    /// <param name="steps">Each with the file of its manifest: several make an array.</param>
    /// <param name="all">All differences, and not the first reason alone.</param>
    public static string Write(IReadOnlyList<(string Path, CheckedManifest Known)> steps, bool all)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            if (steps.Count > 1)
            {
                json.WriteStartArray();
            }

            foreach ((string path, CheckedManifest known) in steps)
            {
                Write(json, path, known, all);
            }

            if (steps.Count > 1)
            {
                json.WriteEndArray();
            }
        }

        return Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }

    private static void Write(Utf8JsonWriter json, string path, CheckedManifest known, bool all)
    {
        json.WriteStartObject();
        json.WriteString("manifest", path.Length > 0 ? path : null);
        if (known.Manifest is { } manifest)
        {
            json.WriteStartArray("command");
            foreach (ByteString word in manifest.Step.Command)
            {
                json.WriteStringValue(word.ToString());
            }

            json.WriteEndArray();
        }

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
}
