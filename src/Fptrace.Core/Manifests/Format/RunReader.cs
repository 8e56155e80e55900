using System.Text.Json;
using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Manifests.Format;

/// <summary>Parses what a manifest holds besides paths: the environment, and what the command printed.</summary>
internal static class RunReader
{
    public static List<EnvironmentDigest> ReadEnvironment(ref ManifestJson json)
    {
        json.Begin(JsonTokenType.StartObject);
        var environment = new List<EnvironmentDigest>();
        while (json.NextProperty())
        {
            environment.Add(new EnvironmentDigest(json.PropertyName(), json.TextOrNull()));
        }

        return environment;
    }

    public static List<OutputChunk> ReadPrinted(ref ManifestJson json)
    {
        json.Begin(JsonTokenType.StartArray);
        var printed = new List<OutputChunk>();
        while (json.NextElement(JsonTokenType.StartObject))
        {
            bool? isError = null;
            bool isBoth = false;
            byte[]? bytes = null;
            while (json.NextProperty())
            {
                if (json.Is("stream"u8))
                {
                    string stream = json.Text();
                    isError = stream switch
                    {
                        "stdout" or "both" => false,
                        "stderr" => true,
                        _ => throw new ManifestFormatException("a stream is neither stdout nor stderr"),
                    };
                    isBoth = stream == "both";
                }
                else if (json.Is("text"u8))
                {
                    bytes = json.Name().Span.ToArray();
                }
                else if (json.Is("base64"u8))
                {
                    bytes = Convert.FromBase64String(json.Text());
                }
                else
                {
                    throw json.Unknown();
                }
            }

            bool wasError = isError ?? throw ManifestReader.Missing("stream");
            printed.Add(new OutputChunk(wasError, bytes ?? throw ManifestReader.Missing("text")) { IsBoth = isBoth });
        }

        return printed;
    }
}
