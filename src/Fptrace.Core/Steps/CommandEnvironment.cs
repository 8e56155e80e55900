using System.Text;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Steps;

/// <summary>Which variables a step's command gets, and what counts of each.</summary>
public static class CommandEnvironment
{
    /// <summary>
    /// What the command gets in <see cref="EnvironmentMode.Strict"/> besides PWD and the listed variables.
    /// </summary>
    /// <remarks>If the user lists one of these variables, its constant is left out.</remarks>
    public static IReadOnlyList<string> Constants { get; } = ["LANG=C.UTF-8", "SHELL=/bin/sh", "TERM=dumb"];

    /// <summary>
    /// The variables that the command gets in <see cref="EnvironmentMode.Strict"/>, and that count, even if the user
    /// lists none.
    /// </summary>
    public static IReadOnlyList<string> Passed { get; } = ["PATH"];

    /// <summary>The environment of the command.</summary>
    /// <remarks>
    /// It is sorted by name, so that the order cannot matter, except in <see cref="EnvironmentMode.Listed"/>.
    /// </remarks>
    /// <param name="entries">NAME=VALUE, as this process has them.</param>
    /// <param name="step">Its options say what counts.</param>
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

        // OrderBy is stable: of two entries with one name, the first stays first, and getenv(3) finds that one.
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

    /// <summary>Whether the command gets a variable that no built-in list names.</summary>
    internal static bool Gives(string name, StepIdentity step) => step.EnvironmentMode != EnvironmentMode.Strict
        || EnvironmentNames.MatchesAny(step.Environment, name)
        || EnvironmentNames.MatchesAny(step.EnvironmentPass, name);

    /// <summary>What counts of a variable; null if nothing.</summary>
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

    /// <summary>Whether PWD names the working directory by a path through a link.</summary>
    /// <remarks>Shells keep such a path, and programs print it, so it counts.</remarks>
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

                // A PWD that leads elsewhere comes from a caller that changed its directory but not the variable.
                EnvironmentPart.Directory => IsLogical(entry.Span, step.Directory),
                _ => true,
            };
    }
}
