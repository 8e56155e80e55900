using System.Text.Json;
using Fptrace.Commands.CommandLine;
using Fptrace.Commands.Run;
using Fptrace.Steps;

namespace Fptrace.Commands.Steps;

/// <summary>The file fptrace.json of a project: options of <c>fptrace run</c> for everybody who works on it.</summary>
/// <remarks>Its root is absolute: the directory of the file unless the file names another one.</remarks>
internal sealed record ConfigFile : StepOptions
{
    /// <summary>The name of the file.</summary>
    public const string Name = "fptrace.json";

    /// <summary>The properties that the file may have, besides <c>$schema</c>.</summary>
    public static readonly string[] Properties =
    [
        "root", "ignore", "ignore-listing", "no-default-ignore", "env", "env-mode", "env-ignore", "env-pass", "servers",
        "allow-network", "quiet", "cache", "cache-mode",
        "cache-idempotent", "forget-after",
    ];

    public static ConfigFile Empty { get; } = new();

    /// <summary>Whether to use the cache.</summary>
    public bool Cache { get; init; }

    /// <summary>The absolute path of the cache; null for the user's own.</summary>
    public string? CacheDirectory { get; init; }

    public bool CacheIdempotent { get; init; }

    /// <summary>As --cache-mode; null when the file does not say.</summary>
    public string? CacheMode { get; init; }

    /// <summary>
    /// Reads the nearest one: in a directory or above it, but not above the top level of a git repository.
    /// </summary>
    /// <returns>null when there is none.</returns>
    /// <exception cref="FptraceException">The file cannot be read or is wrong.</exception>
    public static ConfigFile? Find(string directory)
    {
        for (string? at = directory; at is not null; at = Path.GetDirectoryName(at))
        {
            string path = Path.Join(at, Name);
            if (File.Exists(path))
            {
                return Read(path);
            }

            if (StepRoot.IsTopLevel(at))
            {
                return null;
            }
        }

        return null;
    }

    /// <exception cref="FptraceException">There is no such mode.</exception>
    public static EnvironmentMode ParseEnvironmentMode(string name, string where) =>
        EnvironmentModes.TryParse(name, out EnvironmentMode mode)
            ? mode
            : throw Usage.Error(ChoiceOption.Unknown(where, name, EnvironmentModes.Names));

    /// <summary>The values of --servers: what to do about the servers of known tools.</summary>
    public static IReadOnlyList<string> Servers { get; } = ["none", "keep"];

    /// <returns>Whether servers are kept.</returns>
    /// <exception cref="FptraceException">There is no such value.</exception>
    public static bool ParseServers(string name, string where) =>
        Servers.Contains(name, StringComparer.Ordinal)
            ? name == "keep"
            : throw Usage.Error(ChoiceOption.Unknown(where, name, Servers));

    private static ConfigFile Read(string path)
    {
        try
        {
            return Parse(File.ReadAllBytes(path), path);
        }
        catch (JsonException e)
        {
            throw Usage.Error(
                $"{path}: no JSON at line {e.LineNumber + 1}; correct it, or leave it out with --no-config");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Usage.Error($"{path}: cannot be read; make it readable, or leave it out with --no-config");
        }
    }

    private static ConfigFile Parse(ReadOnlySpan<byte> text, string path)
    {
        var json = new Utf8JsonReader(text,
            new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        json.Read();
        Expect(json.TokenType == JsonTokenType.StartObject, path, "the file", "an object");
        var config = new ConfigFile { Root = Path.GetDirectoryName(path) };
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            string name = json.GetString()!;
            json.Read();
            config = name switch
            {
                "$schema" =>
                    config with
                    {
                        Root = json.TokenType == JsonTokenType.String
                            ? config.Root
                            : throw Wrong(path, name, "a string"),
                    },
                "root" => config with { Root = Path.GetFullPath(ReadText(ref json, path, name), config.Root!) },
                "ignore" => config with { Ignore = ReadTexts(ref json, path, name) },
                "ignore-listing" => config with { IgnoreListing = ReadTexts(ref json, path, name) },
                "no-default-ignore" => config with { NoDefaultIgnore = ReadFlag(json, path, name) },
                "env" => config with { Environment = ReadTexts(ref json, path, name) },
                "env-mode" =>
                    config with
                    {
                        EnvironmentMode = ParseEnvironmentMode(ReadText(ref json, path, name), $"{path}: {name}"),
                    },
                "env-ignore" => config with { EnvironmentIgnore = ReadTexts(ref json, path, name) },
                "env-pass" => config with { EnvironmentPass = ReadTexts(ref json, path, name) },
                "servers" =>
                    config with { KeepServers = ParseServers(ReadText(ref json, path, name), $"{path}: {name}") },
                "allow-network" => config with { AllowNetwork = ReadFlag(json, path, name) },
                "quiet" => config with { Quiet = ReadFlag(json, path, name) },
                "cache" when json.TokenType is JsonTokenType.True or JsonTokenType.False =>
                    config with { Cache = ReadFlag(json, path, name) },
                "cache" =>
                    config with
                    {
                        Cache = true,
                        CacheDirectory = Path.GetFullPath(ReadText(ref json, path, name), Path.GetDirectoryName(path)!),
                    },
                "cache-idempotent" => config with { CacheIdempotent = ReadFlag(json, path, name) },
                "cache-mode" => config with { CacheMode = ReadMode(ref json, path, name) },
                "forget-after" =>
                    config with { ForgetAfter = Age.ParseOrNever(ReadText(ref json, path, name), $"{path}: {name}") },
                _ => throw Unknown(path, name),
            };
        }

        return config;
    }

    private static string ReadText(ref Utf8JsonReader json, string path, string name)
    {
        Expect(json.TokenType == JsonTokenType.String && json.GetString() is { Length: > 0 }, path, name, "a string");
        return json.GetString()!;
    }

    private static List<string> ReadTexts(ref Utf8JsonReader json, string path, string name)
    {
        Expect(json.TokenType == JsonTokenType.StartArray, path, name, "an array of strings");
        var texts = new List<string>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            texts.Add(ReadText(ref json, path, name));
        }

        return texts;
    }

    private static string ReadMode(ref Utf8JsonReader json, string path, string name)
    {
        string mode = ReadText(ref json, path, name);
        _ = CacheSettings.ParseMode(mode, $"{path}: {name}");
        return mode;
    }

    private static bool ReadFlag(Utf8JsonReader json, string path, string name)
    {
        Expect(json.TokenType is JsonTokenType.True or JsonTokenType.False, path, name, "true or false");
        return json.TokenType == JsonTokenType.True;
    }

    private static void Expect(bool truth, string path, string name, string what)
    {
        if (!truth)
        {
            throw Wrong(path, name, what);
        }
    }

    private static FptraceException Wrong(string path, string name, string what) =>
        Usage.Error($"{path}: {name} must be {what}");

    private static FptraceException Unknown(string path, string name)
    {
        string? nearest = Spelling.Nearest(name, Properties);
        return Usage.Error(
            $"{path}: unknown property {name}; "
                + $"{(nearest is null ? "it may have " + string.Join(", ", Properties) : $"did you mean {nearest}?")}");
    }
}
