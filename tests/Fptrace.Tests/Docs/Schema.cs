using System.Text.Json;
using Fptrace.Support;
using Json.Schema;

namespace Fptrace.Docs;

/// <summary>One of docs/*.schema.json.</summary>
internal sealed class Schema
{
    private readonly JsonSchema _schema;
    private readonly string _text;

    public Schema(string name)
    {
        _text = File.ReadAllText(Path.Combine(Repository.Root, "docs", name + ".schema.json"));
        _schema = JsonSchema.FromText(_text);
    }

    /// <summary>What a document violates, each with its place; empty if nothing.</summary>
    public IReadOnlyList<string> Violations(string document)
    {
        using var json = JsonDocument.Parse(document);
        EvaluationResults results = _schema.Evaluate(json.RootElement,
            new EvaluationOptions { OutputFormat = OutputFormat.List });

        // What violates a "not" has no words of its own.
        return
        [
            .. from result in results.Details ?? [results]
               where !results.IsValid && !result.IsValid
               from text in (IEnumerable<string>?)result.Errors?.Values ?? [""]
               select $"{result.InstanceLocation} {result.EvaluationPath} {text}",
        ];
    }

    /// <summary>The names of all properties, at any depth.</summary>
    public IReadOnlySet<string> Properties()
    {
        using var json = JsonDocument.Parse(_text);
        return Objects(json.RootElement)
            .Where(element => element.TryGetProperty("properties", out JsonElement properties)
                && properties.ValueKind == JsonValueKind.Object)
            .SelectMany(element => element.GetProperty("properties").EnumerateObject()
                .Select(property => property.Name))
            .ToHashSet();
    }

    /// <summary>The words that the property takes.</summary>
    public IReadOnlySet<string> Words(string definition, string property)
    {
        using var json = JsonDocument.Parse(_text);
        return Objects(json.RootElement.GetProperty(definition))
            .Where(element => element.TryGetProperty(property, out JsonElement named)
                && named.ValueKind == JsonValueKind.Object && named.TryGetProperty("enum", out _))
            .SelectMany(element => element.GetProperty(property).GetProperty("enum").EnumerateArray()
                .Select(word => word.GetString()!))
            .ToHashSet();
    }

    private static IEnumerable<JsonElement> Objects(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object =>
            element.EnumerateObject().SelectMany(property => Objects(property.Value)).Prepend(element),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Objects),
        _ => [],
    };
}
