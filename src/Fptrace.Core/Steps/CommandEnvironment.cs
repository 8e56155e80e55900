using System.Text;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Steps;

/// <summary>What of the environment a step's command gets, and what of each variable counts.</summary>
public static class CommandEnvironment
{
    /// <summary>What the command gets in <see cref="EnvironmentMode.Strict"/> though nobody lists it, besides PWD; a
    /// listed variable takes the place of its constant.</summary>
    public static IReadOnlyList<string> Constants { get; } = ["LANG=C.UTF-8", "SHELL=/bin/sh", "TERM=dumb"];

    /// <summary>What the command gets in <see cref="EnvironmentMode.Strict"/>, and counts, though nobody lists
    /// it.</summary>
    public static IReadOnlyList<string> Passed { get; } = ["PATH"];

    /// <summary>The entries for the command. Sorted by name where the mode is sound: their order is nothing to depend
    /// on.</summary>
    /// <param name="entries">NAME=VALUE, as this process has them.</param>
    /// <param name="step">Says what counts.</param>
    public static IReadOnlyList<ByteString> Of(IReadOnlyList<ByteString> entries, StepIdentity step)
    {
        ArgumentNullException.ThrowIfNull(entries);
        ArgumentNullException.ThrowIfNull(step);
        if (step.EnvironmentMode == EnvironmentMode.Listed)
        {
            return step.Servers == 0 ? entries : WithoutServers(entries);
        }

        var given = new List<KeyValuePair<string, ByteString>>();
        bool hasDirectory = false;
        foreach (ByteString entry in entries)
        {
            string name = StepEnvironment.NameOf(entry.Span);
            if (IsGiven(entry, name, step))
            {
                given.Add(new(name, entry));
                hasDirectory |= name == "PWD";
            }
        }

        if (!hasDirectory && !EnvironmentNames.MatchesAny(step.Environment, "PWD"))
        {
            given.Add(new("PWD", new ByteString([.. "PWD="u8, .. step.Directory.Span])));
        }

        foreach (string constant in step.EnvironmentMode == EnvironmentMode.Strict ? Constants : [])
        {
            string name = constant[..constant.IndexOf('=', StringComparison.Ordinal)];
            if (!EnvironmentNames.MatchesAny(step.Environment, name)
                && !EnvironmentNames.MatchesAny(step.EnvironmentPass, name))
            {
                given.Add(new(name, new ByteString(Encoding.UTF8.GetBytes(constant))));
            }
        }

        if (step.Servers > 0)
        {
            ServerVariables.AddTo(given);
        }

        // Stable: of two entries of one name the first stays the first.
        return [.. given.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => entry.Value)];
    }

    private static ByteString[] WithoutServers(IReadOnlyList<ByteString> entries)
    {
        var given = new List<KeyValuePair<string, ByteString>>(entries.Count);
        foreach (ByteString entry in entries)
        {
            given.Add(new(StepEnvironment.NameOf(entry.Span), entry));
        }

        ServerVariables.AddTo(given);
        return [.. given.Select(entry => entry.Value)];
    }

    /// <summary>Whether the command gets a variable, if it is set, that is in none of the lists.</summary>
    internal static bool Gives(string name, StepIdentity step) => step.EnvironmentMode != EnvironmentMode.Strict
        || EnvironmentNames.MatchesAny(step.Environment, name)
        || EnvironmentNames.MatchesAny(step.EnvironmentPass, name);

    /// <summary>What counts of a variable; null: nothing.</summary>
    internal static EnvironmentPart? Part(string name, StepIdentity step) => step.EnvironmentMode switch
    {
        _ when EnvironmentNames.MatchesAny(step.Environment, name) => EnvironmentPart.Whole,
        EnvironmentMode.Listed => EnvironmentNames.MatchesAny(TrackedEnvironment.Defaults, name)
            ? EnvironmentPart.Whole
            : null,
        EnvironmentMode.Strict => EnvironmentNames.MatchesAny(Passed, name)
            && !EnvironmentNames.MatchesAny(step.EnvironmentPass, name)
            ? EnvironmentPart.Whole
            : null,
        _ => EnvironmentNames.MatchesAny(step.EnvironmentIgnore, name) ? null : EnvironmentRules.PartOf(name),
    };

    /// <summary>Whether PWD leads to the working directory by another way than its own path, as through a link: shells
    /// keep that, and programs ask them for it.</summary>
    internal static bool IsLogical(ReadOnlySpan<byte> entry, ByteString directory)
    {
        ReadOnlySpan<byte> path = entry[Math.Min("PWD=".Length, entry.Length)..];
        if (path.IsEmpty || path[0] != '/' || path.SequenceEqual(directory.Span))
        {
            return false;
        }

        FileLook there = FileLook.At(fcntl.AT_FDCWD, [.. path, 0], FinalLink.Follow);
        FileLook here = FileLook.At(fcntl.AT_FDCWD, [.. directory.Span, 0], FinalLink.Follow);
        return there.Exists && here.Exists && there.Device == here.Device && there.Times.Inode == here.Times.Inode;
    }

    private static bool IsGiven(ByteString entry, string name, StepIdentity step)
    {
        EnvironmentPart? part = Part(name, step);
        return step.EnvironmentMode == EnvironmentMode.Strict
            ? part is not null || EnvironmentNames.MatchesAny(step.EnvironmentPass, name)
            : part switch
            {
                EnvironmentPart.Withheld => false,

                // What leads elsewhere is left by a caller that changed its directory and not its variable.
                EnvironmentPart.Directory => IsLogical(entry.Span, step.Directory),
                _ => true,
            };
    }
}
