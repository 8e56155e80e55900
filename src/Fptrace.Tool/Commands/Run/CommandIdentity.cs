using System.Text;
using Fptrace.Commands.Run.Streams;
using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Commands.Run;

/// <summary>Finds out which step a command line of <c>fptrace run</c> means.</summary>
internal static class CommandIdentity
{
    /// <param name="options">What the user asked for.</param>
    /// <param name="command">argv.</param>
    /// <param name="directory">The directory in which the command runs.</param>
    /// <param name="root">The root of its step.</param>
    /// <param name="entries">The tool's own environment.</param>
    /// <param name="input">The standard input of the command.</param>
    /// <param name="terminals">Which of its standard streams are a terminal.</param>
    public static StepIdentity Of(
        RunOptions options,
        byte[][] command,
        ByteString directory,
        ByteString root,
        ByteString[] entries,
        CommandInput input,
        TerminalStreams terminals)
    {
        ByteString home = Home(entries);
        StepIdentity step = new StepIdentity
        {
            Command = options.CommandText is { } text
                ? [new ByteString(Encoding.UTF8.GetBytes(text))]
                : [.. command.Select(word => new ByteString(word))],
            Directory = directory,
            Root = root,
            EnvironmentMode = options.EnvironmentMode,
            Environment = Sorted(options.Environment),
            EnvironmentIgnore = Sorted(options.EnvironmentIgnore),
            EnvironmentPass = Sorted(options.EnvironmentPass),
            Ignore = Sorted([.. options.Ignore.Select(pattern => GlobSet.ExpandHome(pattern, home))]),
            IgnoreListing = Sorted([.. options.IgnoreListing.Select(pattern => GlobSet.ExpandHome(pattern, home))]),
            DefaultIgnores = options.NoDefaultIgnore ? 0 : DefaultIgnores.Version,
            Servers = options.KeepServers ? 0 : ServerRules.Version,
            Extra = options.Extra,
            Machine = StepMachine.Current,
            AllowNetwork = options.AllowNetwork,
            Input = input.Identity,
            Terminal = CommandTerminal.Of(terminals),
        }.WithHome(home);
        return options.Manifest is null ? step : step.IgnoringManifest(options.Manifest);
    }

    /// <summary>The value of HOME if it is an absolute path.</summary>
    private static ByteString Home(ByteString[] environment)
    {
        foreach (ByteString entry in environment)
        {
            if (entry.Span.StartsWith("HOME=/"u8))
            {
                return new ByteString(entry.Span["HOME=".Length..].TrimEnd((byte)'/'));
            }
        }

        return default;
    }

    private static string[] Sorted(IReadOnlyList<string> texts) =>
        [.. texts.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
