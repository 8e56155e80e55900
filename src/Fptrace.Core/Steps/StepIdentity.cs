using System.IO.Hashing;
using Fptrace.Model;

namespace Fptrace.Steps;

/// <summary>What makes a step this one. All of it must be equal before a recorded run says anything.</summary>
public sealed record StepIdentity
{
    /// <summary>argv, or a text that stands for it, such as the command line of a script with a random name.</summary>
    public required IReadOnlyList<ByteString> Command { get; init; }

    /// <summary>The working directory, absolute.</summary>
    public required ByteString Directory { get; init; }

    /// <summary>The root, absolute. Paths below it are stored relative to it.</summary>
    public required ByteString Root { get; init; }

    /// <summary>Which variables of the environment count.</summary>
    public EnvironmentMode EnvironmentMode { get; init; }

    /// <summary>The version of the lists that say what counts of known variables.</summary>
    public int EnvironmentVersion { get; init; } = EnvironmentRules.Version;

    /// <summary>Variables whose whole value counts in every mode, sorted. A name may end with '*'.</summary>
    /// <remarks>In <see cref="EnvironmentMode.Strict"/> the command gets them.</remarks>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>
    /// Variables that do not count in <see cref="EnvironmentMode.All"/>, unless <see cref="Environment"/> names them.
    /// Sorted.
    /// </summary>
    public IReadOnlyList<string> EnvironmentIgnore { get; init; } = [];

    /// <summary>
    /// Variables that the command gets in <see cref="EnvironmentMode.Strict"/> and that do not count. Sorted.
    /// </summary>
    public IReadOnlyList<string> EnvironmentPass { get; init; } = [];

    /// <summary>Patterns of what is neither input nor output (<see cref="GlobSet"/>). Sorted.</summary>
    public IReadOnlyList<string> Ignore { get; init; } = [];

    /// <summary>
    /// Directories whose names do not count when the step lists them; <c>..</c> means all above the root. Sorted.
    /// </summary>
    public IReadOnlyList<string> IgnoreListing { get; init; } = [];

    /// <summary>
    /// The version of the list of default ignores (<see cref="Steps.DefaultIgnores"/>); 0 if it is not used.
    /// </summary>
    public int DefaultIgnores { get; init; }

    /// <summary>The version of <see cref="ServerRules"/>; 0 if tools are not told to leave no servers.</summary>
    public int Servers { get; init; }

    /// <summary>
    /// The command's HOME, for <c>~/</c> in the default ignores. Absolute; empty where it does not count.
    /// </summary>
    public ByteString Home { get; init; }

    /// <summary>Further texts that distinguish the step, such as a version.</summary>
    public IReadOnlyList<string> Extra { get; init; } = [];

    /// <summary>Whether a run may count although it used the network.</summary>
    public bool AllowNetwork { get; init; }

    /// <summary>What counts of the machine and the user (<see cref="StepMachine"/>). Sorted.</summary>
    public IReadOnlyList<string> Machine { get; init; } = [];

    /// <summary>The file that is its standard input; null if it has none, or an empty one.</summary>
    public StandardInput? Input { get; init; }

    /// <summary>The terminal among its standard streams; null if there is none.</summary>
    public StepTerminal? Terminal { get; init; }

    /// <summary>
    /// A digest of all fields except <see cref="Home"/>, as 32 hexadecimal digits. It names the manifest.
    /// </summary>
    /// <remarks>
    /// <see cref="Home"/> is a variable's value: if it changes, the manifest stays and the change is a difference.
    /// </remarks>
    public string Key =>
        Convert.ToHexStringLower(XxHash128.Hash(StepFields.Of(this with { Home = default }, anywhere: false)));

    /// <summary>
    /// The only list of the fields: for keys, for the manifest, and for the differences between two steps.
    /// </summary>
    /// <returns>The step with the values that the visitor returned.</returns>
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

    /// <summary>The same step with a home directory, if that counts.</summary>
    /// <param name="home">The value of HOME, absolute; empty if there is none.</param>
    public StepIdentity WithHome(ByteString home) =>
        this with { Home = DefaultIgnores > 0 && CommandEnvironment.Gives("HOME", this) ? home : default };

    /// <summary>
    /// The same step, ignoring the file of its own manifest. For a manifest that is not at its default place.
    /// </summary>
    public StepIdentity IgnoringManifest(string path)
    {
        ArgumentNullException.ThrowIfNull(path);

        // GetFullPath refuses the NUL in the escapes of a name that is not UTF-8.
        string whole = path.Contains('\0', StringComparison.Ordinal) ? path : Path.GetFullPath(path);
        ByteString shortened = StoredPath.Shorten(ByteString.Parse(whole), Root);
        if (new GlobSet(Ignore).Matches(shortened.Span))
        {
            return this;
        }

        string stored = shortened.ToString();
        string pattern = GlobSet.Escape(stored);

        // A pattern without a slash would match the name at any depth.
        pattern = stored.Contains('/', StringComparison.Ordinal) ? pattern : "./" + pattern;
        return this with { Ignore = [.. Ignore.Append(pattern).Order(StringComparer.Ordinal)] };
    }
}
