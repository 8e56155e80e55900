using System.IO.Hashing;
using Fptrace.Model;

namespace Fptrace.Steps;

/// <summary>Which command this is: what must be equal before anything that it saw is looked at.</summary>
public sealed record StepIdentity
{
    /// <summary>argv, or the one text that stands for it (a command line whose script has a random name).</summary>
    public required IReadOnlyList<ByteString> Command { get; init; }

    /// <summary>Working directory, absolute.</summary>
    public required ByteString Directory { get; init; }

    /// <summary>Paths below it are stored relative to it; absolute.</summary>
    public required ByteString Root { get; init; }

    /// <summary>Which variables of the environment count.</summary>
    public EnvironmentMode EnvironmentMode { get; init; }

    /// <summary>The version of the lists that say what counts of known variables.</summary>
    public int EnvironmentVersion { get; init; } = EnvironmentRules.Version;

    /// <summary>
    /// Variables that count with their whole value in any case, and in <see cref="EnvironmentMode.Strict"/> reach the
    /// command; a name may end with '*'. Sorted.
    /// </summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>Variables that do not count in <see cref="EnvironmentMode.All"/>, unless <see cref="Environment"/>
    /// names them. Sorted.</summary>
    public IReadOnlyList<string> EnvironmentIgnore { get; init; } = [];

    /// <summary>Variables that reach the command in <see cref="EnvironmentMode.Strict"/> and do not count.
    /// Sorted.</summary>
    public IReadOnlyList<string> EnvironmentPass { get; init; } = [];

    /// <summary>What is neither input nor output; see <see cref="GlobSet"/>. Sorted.</summary>
    public IReadOnlyList<string> Ignore { get; init; } = [];

    /// <summary>Directories whose names do not count when they are listed; <c>..</c>: all above the root.
    /// Sorted.</summary>
    public IReadOnlyList<string> IgnoreListing { get; init; } = [];

    /// <summary>Version of the list of what is ignored besides, or 0 for none:
    /// <see cref="Steps.DefaultIgnores"/>.</summary>
    public int DefaultIgnores { get; init; }

    /// <summary>Version of the list by which known tools are told to leave and use no servers, or 0 where they are not
    /// told: <see cref="ServerRules"/>.</summary>
    public int Servers { get; init; }

    /// <summary>What <c>~/</c> is in that list: HOME of the command, absolute; empty where it does not count.</summary>
    public ByteString Home { get; init; }

    /// <summary>More that makes it another step, such as a version.</summary>
    public IReadOnlyList<string> Extra { get; init; } = [];

    /// <summary>Use of the network is no reason to run it again each time.</summary>
    public bool AllowNetwork { get; init; }

    /// <summary>What of the machine and the user counts, as <see cref="StepMachine"/> tells it. Sorted.</summary>
    public IReadOnlyList<string> Machine { get; init; } = [];

    /// <summary>The file that is its standard input; null: it has none, or an empty one.</summary>
    public StandardInput? Input { get; init; }

    /// <summary>The terminal that it has as standard streams; null: it has none.</summary>
    public StepTerminal? Terminal { get; init; }

    /// <summary>32 hexadecimal digits over all of this but <see cref="Home"/>, which is a value of the environment:
    /// names the manifest.</summary>
    public string Key =>
        Convert.ToHexStringLower(XxHash128.Hash(StepFields.Of(this with { Home = default }, anywhere: false)));

    /// <summary>The one list of the fields: for keys, for the manifest, and for what differs between two
    /// steps.</summary>
    /// <returns>The step that has the fields which the visitor returned.</returns>
    internal StepIdentity Visit(IStepVisitor visitor) => this with
    {
        Command = visitor.Command(Command),
        Directory = visitor.Directory(Directory),
        Root = visitor.Root(Root),
        EnvironmentMode = visitor.Mode("environmentMode", EnvironmentMode),
        EnvironmentVersion = visitor.Number("environmentVersion", EnvironmentVersion),
        Environment = visitor.Texts("environment", Environment),
        EnvironmentIgnore = visitor.Texts("environmentIgnore", EnvironmentIgnore),
        EnvironmentPass = visitor.Texts("environmentPass", EnvironmentPass),
        Ignore = visitor.Texts("ignore", Ignore),
        IgnoreListing = visitor.Texts("ignoreListing", IgnoreListing),
        DefaultIgnores = visitor.Number("defaultIgnores", DefaultIgnores),
        Servers = visitor.Number("servers", Servers),
        Home = visitor.Name("home", Home),
        Extra = visitor.Texts("extra", Extra),
        Machine = visitor.Texts("machine", Machine),
        AllowNetwork = visitor.Flag("allowNetwork", AllowNetwork),
        Input = visitor.Input(Input),
        Terminal = visitor.Terminal(Terminal),
    };

    /// <summary>The same step with its home directory, as far as that counts.</summary>
    /// <param name="home">The value of HOME, absolute; empty where there is none.</param>
    public StepIdentity WithHome(ByteString home) =>
        this with { Home = DefaultIgnores > 0 && CommandEnvironment.Gives("HOME", this) ? home : default };

    /// <summary>The same step, which does not see the file in which its manifest is kept. For a manifest that is not at
    /// its default place.</summary>
    public StepIdentity IgnoringManifest(string path)
    {
        ArgumentNullException.ThrowIfNull(path);

        // GetFullPath would refuse the escapes of a name that is not UTF-8.
        string whole = path.Contains('\0', StringComparison.Ordinal) ? path : Path.GetFullPath(path);
        ByteString shortened = StoredPath.Shorten(ByteString.Parse(whole).Span, Root);
        if (new GlobSet(Ignore).Matches(shortened.Span))
        {
            return this;
        }

        string stored = shortened.ToString();
        string pattern = GlobSet.Escape(stored);

        // A name alone would be taken for one at any depth.
        pattern = stored.Contains('/', StringComparison.Ordinal) ? pattern : "./" + pattern;
        return this with { Ignore = [.. Ignore.Append(pattern).Order(StringComparer.Ordinal)] };
    }
}
