using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Fptrace.Engine;

/// <summary>One record of deps.json.</summary>
internal sealed record DepsRecord(
    int Parent,
    int Id,
    int Exit,
    int Exec,
    string Directory,
    string Path,
    IReadOnlyList<string> Arguments,
    IReadOnlyList<string>? Environment,
    IReadOnlyList<string> Inputs,
    IReadOnlyList<string> Outputs,
    IReadOnlyDictionary<string, string> Descriptors)
{
    /// <summary>The inputs without what the dynamic loader and the locale add on every machine differently.</summary>
    public IReadOnlyList<string> OwnInputs => [.. Inputs.Where(input => !IsLibrary(input))];

    public static IReadOnlyList<DepsRecord> ReadFile(string file) => ReadText(File.ReadAllText(file));

    public static IReadOnlyList<DepsRecord> ReadText(string text)
    {
        using var json = JsonDocument.Parse(text);
        return [.. json.RootElement.EnumerateArray().Select(Read)];
    }

    [SuppressMessage("Maintainability", "CA1507",
        Justification = "The names of the format stay when a property is renamed.")]
    private static DepsRecord Read(JsonElement record)
    {
        JsonElement command = record.GetProperty("Cmd");
        return new DepsRecord(
            command.GetProperty("Parent").GetInt32(),
            command.GetProperty("ID").GetInt32(),
            command.TryGetProperty("Exit", out JsonElement exit) ? exit.GetInt32() : 0,
            command.TryGetProperty("Exec", out JsonElement exec) ? exec.GetInt32() : 0,
            command.GetProperty("Dir").GetString()!,
            command.GetProperty("Path").GetString()!,
            Strings(command.GetProperty("Args")),
            command.TryGetProperty("Env", out JsonElement environment) ? Strings(environment) : null,
            Strings(record.GetProperty("Inputs")),
            Strings(record.GetProperty("Outputs")),
            DescriptorsOf(record.GetProperty("FDs")));
    }

    // Without what the runtime of the tests reads in /sys: a command that is started in that moment inherits it.
    private static Dictionary<string, string> DescriptorsOf(JsonElement all) => all.EnumerateObject()
        .Where(fd => !fd.Value.GetString()!.StartsWith("/sys/devices/", StringComparison.Ordinal))
        .ToDictionary(fd => fd.Name, fd => fd.Value.GetString()!);

    private static string[] Strings(JsonElement array) =>
        [.. array.EnumerateArray().Select(element => element.GetString()!)];

    private static bool IsLibrary(string path) =>
        path.EndsWith("/ld.so.cache", StringComparison.Ordinal)
        || path.EndsWith("/ld.so.preload", StringComparison.Ordinal)
        || path.Contains(".so.", StringComparison.Ordinal)
        || path.EndsWith(".so", StringComparison.Ordinal)
        || path.Contains("/locale", StringComparison.Ordinal)
        || path.Contains("/gconv", StringComparison.Ordinal)
        || path.StartsWith("/proc/", StringComparison.Ordinal);
}
