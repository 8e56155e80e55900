using System.Text.Json;
using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Manifests.Format;

/// <summary>Reads the parts of a manifest that are no paths: which step it is, its environment and what it printed.</summary>
internal static class StepReader
{
    public static StepIdentity ReadStep(ref ManifestJson json)
    {
        json.Begin(JsonTokenType.StartObject);
        IReadOnlyList<ByteString>? command = null;
        ByteString directory = default;
        ByteString root = default;
        EnvironmentMode environmentMode = default;
        int environmentVersion = 0;
        IReadOnlyList<string> environment = [];
        IReadOnlyList<string> environmentIgnore = [];
        IReadOnlyList<string> environmentPass = [];
        IReadOnlyList<string> ignore = [];
        IReadOnlyList<string> ignoreListing = [];
        int defaultIgnores = 0;
        int servers = 0;
        ByteString home = default;
        IReadOnlyList<string> extra = [];
        IReadOnlyList<string> machine = [];
        bool allowNetwork = false;
        StandardInput? input = null;
        StepTerminal? terminal = null;
        while (json.NextProperty())
        {
            if (json.Is("command"u8))
            {
                command = json.Names(_ => true, "a word");
            }
            else if (json.Is("directory"u8))
            {
                directory = json.AbsolutePath();
            }
            else if (json.Is("root"u8))
            {
                root = json.AbsolutePath();
            }
            else if (json.Is("environmentMode"u8))
            {
                environmentMode = EnvironmentModes.TryParse(json.Text(), out EnvironmentMode mode) ? mode : throw new ManifestFormatException("a mode of the environment is unknown");
            }
            else if (json.Is("environmentVersion"u8))
            {
                environmentVersion = (int)json.Number(int.MaxValue);
            }
            else if (json.Is("environment"u8))
            {
                environment = json.Texts();
            }
            else if (json.Is("environmentIgnore"u8))
            {
                environmentIgnore = json.Texts();
            }
            else if (json.Is("environmentPass"u8))
            {
                environmentPass = json.Texts();
            }
            else if (json.Is("ignore"u8))
            {
                ignore = json.Texts();
            }
            else if (json.Is("ignoreListing"u8))
            {
                ignoreListing = json.Texts();
            }
            else if (json.Is("defaultIgnores"u8))
            {
                defaultIgnores = (int)json.Number(int.MaxValue);
            }
            else if (json.Is("servers"u8))
            {
                servers = (int)json.Number(int.MaxValue);
            }
            else if (json.Is("home"u8))
            {
                home = json.Name();
            }
            else if (json.Is("extra"u8))
            {
                extra = json.Texts();
            }
            else if (json.Is("machine"u8))
            {
                machine = json.Texts();
            }
            else if (json.Is("allowNetwork"u8))
            {
                allowNetwork = json.Boolean();
            }
            else if (json.Is("input"u8))
            {
                input = ReadInput(ref json);
            }
            else if (json.Is("terminal"u8))
            {
                terminal = ReadTerminal(ref json);
            }
            else
            {
                throw json.Unknown();
            }
        }

        return new StepIdentity
        {
            Command = command is { Count: > 0 } ? command : throw Missing("command"),
            Directory = directory.IsEmpty ? throw Missing("directory") : directory,
            Root = root.IsEmpty ? throw Missing("root") : root,
            EnvironmentMode = environmentMode,
            EnvironmentVersion = environmentVersion,
            Environment = environment,
            EnvironmentIgnore = environmentIgnore,
            EnvironmentPass = environmentPass,
            Ignore = ignore,
            IgnoreListing = ignoreListing,
            DefaultIgnores = defaultIgnores,
            Servers = servers,
            Home = home,
            Extra = extra,
            Machine = machine,
            AllowNetwork = allowNetwork,
            Input = input,
            Terminal = terminal,
        };
    }

    private static StandardInput ReadInput(ref ManifestJson json)
    {
        json.Begin(JsonTokenType.StartObject);
        ByteString path = default;
        ContentDigest digest = default;
        long? offset = null;
        while (json.NextProperty())
        {
            if (json.Is("path"u8))
            {
                path = json.Path();
            }
            else if (json.Is("sha256"u8))
            {
                digest = json.Digest();
            }
            else if (json.Is("offset"u8))
            {
                offset = json.Number(long.MaxValue);
            }
            else
            {
                throw json.Unknown();
            }
        }

        // Without all of them it is what nobody knows.
        bool isNamed = !path.IsEmpty || !digest.IsEmpty;
        return isNamed == offset is not null && (path.IsEmpty || digest.IsEmpty)
            ? new StandardInput { Path = path, Digest = digest, Offset = offset ?? 0, IsUnknown = !isNamed }
            : throw new ManifestFormatException("its standard input is not one that a step can have");
    }

    private static StepTerminal ReadTerminal(ref ManifestJson json)
    {
        json.Begin(JsonTokenType.StartObject);
        TerminalStreams streams = TerminalStreams.None;
        TerminalStreams asked = TerminalStreams.None;
        int? columns = null;
        while (json.NextProperty())
        {
            if (json.Is("streams"u8))
            {
                streams = StepTerminal.Parse(json.Texts());
            }
            else if (json.Is("asked"u8))
            {
                asked = StepTerminal.Parse(json.Texts());
            }
            else if (json.Is("columns"u8))
            {
                columns = (int)json.Number(ushort.MaxValue);
            }
            else
            {
                throw json.Unknown();
            }
        }

        return streams != TerminalStreams.None && (asked & ~streams) == 0
            ? new StepTerminal { Streams = streams, Asked = asked, Columns = columns }
            : throw new ManifestFormatException("its terminal is not one that a step can have");
    }

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
                    isError = stream switch { "stdout" or "both" => false, "stderr" => true, _ => throw new ManifestFormatException("a stream is neither stdout nor stderr") };
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

            printed.Add(new OutputChunk(isError ?? throw Missing("stream"), bytes ?? throw Missing("text")) { IsBoth = isBoth });
        }

        return printed;
    }

    private static ManifestFormatException Missing(string property) => new($"it lacks \"{property}\"");
}
