using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Manifests;

/// <summary>In what two steps, or two environments, differ.</summary>
internal static class StepComparison
{
    public static IEnumerable<Difference> Compare(StepIdentity old, StepIdentity now)
    {
        foreach (string text in CompareCommands(old.Command, now.Command))
        {
            yield return new Difference(DifferenceKind.Step, "command", text);
        }

        if (old.Directory != now.Directory)
        {
            yield return new Difference(DifferenceKind.Step, "directory", $"directory: {Words.Of(old.Directory)} → {Words.Of(now.Directory)}");
        }

        if (old.Root != now.Root)
        {
            yield return new Difference(DifferenceKind.Step, "root", $"root: {Words.Of(old.Root)} → {Words.Of(now.Root)}");
        }

        if (old.EnvironmentMode != now.EnvironmentMode)
        {
            yield return new Difference(DifferenceKind.Step, "environment mode", $"environment mode: {old.EnvironmentMode.Name()} → {now.EnvironmentMode.Name()}");
        }

        if (old.EnvironmentVersion != now.EnvironmentVersion)
        {
            yield return new Difference(DifferenceKind.Step, "environment version", "this version of fptrace has another list of variables that do not count");
        }

        if (!old.Environment.SequenceEqual(now.Environment, StringComparer.Ordinal))
        {
            yield return new Difference(DifferenceKind.Step, "environment", $"the tracked variables are others: {Names(old.Environment)} → {Names(now.Environment)}");
        }

        if (!old.EnvironmentIgnore.SequenceEqual(now.EnvironmentIgnore, StringComparer.Ordinal))
        {
            yield return new Difference(
                DifferenceKind.Step, "environment ignore", $"the ignored variables are others: {Names(old.EnvironmentIgnore)} → {Names(now.EnvironmentIgnore)}");
        }

        if (!old.EnvironmentPass.SequenceEqual(now.EnvironmentPass, StringComparer.Ordinal))
        {
            yield return new Difference(
                DifferenceKind.Step, "environment pass", $"the passed variables are others: {Names(old.EnvironmentPass)} → {Names(now.EnvironmentPass)}");
        }

        if (!old.Ignore.SequenceEqual(now.Ignore, StringComparer.Ordinal))
        {
            yield return new Difference(DifferenceKind.Step, "ignore", $"the ignored names are others: {Changes(old.Ignore, now.Ignore)}");
        }

        if (!old.IgnoreListing.SequenceEqual(now.IgnoreListing, StringComparer.Ordinal))
        {
            yield return new Difference(
                DifferenceKind.Step, "ignore-listing", $"the directories whose listings are ignored are others: {Changes(old.IgnoreListing, now.IgnoreListing)}");
        }

        if (old.DefaultIgnores != now.DefaultIgnores)
        {
            yield return new Difference(
                DifferenceKind.Step,
                "default-ignores",
                now.DefaultIgnores == 0 ? "nothing is ignored by default any more"
                    : old.DefaultIgnores == 0 ? "the default list of ignored names now holds"
                    : $"the default list of ignored names is another: version {old.DefaultIgnores} → {now.DefaultIgnores}");
        }

        if (old.Servers != now.Servers)
        {
            yield return new Difference(
                DifferenceKind.Step,
                "servers",
                now.Servers == 0 ? "servers are now kept"
                    : old.Servers == 0 ? "servers are no longer kept"
                    : "this version of fptrace tells other tools to leave no servers");
        }

        if (old.Home != now.Home)
        {
            yield return Changed("HOME", Value(old.Home), Value(now.Home));
        }

        if (!old.Extra.SequenceEqual(now.Extra, StringComparer.Ordinal))
        {
            yield return new Difference(DifferenceKind.Step, "extra", $"extra: {Words.Of(string.Join(", ", old.Extra))} → {Words.Of(string.Join(", ", now.Extra))}");
        }

        if (!old.Machine.SequenceEqual(now.Machine, StringComparer.Ordinal))
        {
            yield return new Difference(DifferenceKind.Step, "machine", CompareMachines(old.Machine, now.Machine));
        }

        if (old.AllowNetwork != now.AllowNetwork)
        {
            yield return new Difference(DifferenceKind.Step, "network", now.AllowNetwork ? "the network is now allowed" : "the network is no longer allowed");
        }

        if (StepTerminal.Compare(old.Terminal, now.Terminal) is string terminal)
        {
            yield return new Difference(DifferenceKind.Step, "terminal", terminal);
        }

        if (old.Input != now.Input)
        {
            bool isOther = StandardInput.Describe(old.Input) != StandardInput.Describe(now.Input);
            yield return new Difference(
                DifferenceKind.Step,
                "input",
                isOther ? $"standard input: {StandardInput.Describe(old.Input)} → {StandardInput.Describe(now.Input)}" : "the standard input, a file without a name, is another");
        }
    }

    public static IEnumerable<Difference> Compare(EnvironmentDigests old, EnvironmentDigests now)
    {
        if (old.Key != now.Key)
        {
            yield return new Difference(DifferenceKind.Environment, "", "the environment cannot be compared: the secret key of its digests is another");
            yield break;
        }

        // The rule: nothing differs, and no two lists have to be brought together.
        if (old.Variables.SequenceEqual(now.Variables))
        {
            yield break;
        }

        var current = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (EnvironmentDigest variable in now.Variables)
        {
            current[variable.Name] = variable.Digest;
        }

        foreach (EnvironmentDigest variable in old.Variables)
        {
            current.Remove(variable.Name, out string? value);
            if (value != variable.Digest)
            {
                yield return Changed(variable.Name, variable.Digest, value);
            }
        }

        foreach (EnvironmentDigest variable in now.Variables)
        {
            if (variable.Digest is not null && current.ContainsKey(variable.Name))
            {
                yield return Changed(variable.Name, null, variable.Digest);
            }
        }
    }

    /// <summary>The first fact that differs: another user, whose groups and privileges are others, too.</summary>
    private static string CompareMachines(IReadOnlyList<string> old, IReadOnlyList<string> now)
    {
        string[] others = [.. old.Except(now, StringComparer.Ordinal)];
        string known = others.FirstOrDefault(fact => fact.StartsWith("user=", StringComparison.Ordinal)) ?? others.FirstOrDefault() ?? "=";
        string name = known.Length > 1 ? known[..known.IndexOf('=', StringComparison.Ordinal)] : "";
        string? current = now.FirstOrDefault(fact => name.Length > 0 && fact.StartsWith(name + "=", StringComparison.Ordinal));
        return name == "processor" ? "the processor is another"
            : current is not null ? $"{name}: {Words.Of(known[(name.Length + 1)..])} → {Words.Of(current[(name.Length + 1)..])}"
            : "the machine is another";
    }

    private static string? Value(ByteString path) => path.IsEmpty ? null : path.ToString();

    private static string Names(IReadOnlyList<string> names) => names.Count == 0 ? "none" : Words.Of(string.Join(' ', names));

    /// <summary>Of long lists what came and went is enough.</summary>
    private static string Changes(IReadOnlyList<string> old, IReadOnlyList<string> now)
    {
        string[] more = [.. now.Except(old, StringComparer.Ordinal)];
        string[] fewer = [.. old.Except(now, StringComparer.Ordinal)];
        return (more.Length > 0 ? "now " + Names(more) : "") + (more.Length > 0 && fewer.Length > 0 ? ", " : "") + (fewer.Length > 0 ? "no longer " + Names(fewer) : "");
    }

    private static Difference Changed(string name, string? old, string? now)
    {
        string variable = name.Length == 0 ? "a variable without a name" : Words.Of(name);
        return new Difference(
            DifferenceKind.Environment,
            name,
            old is null ? $"{variable} is now set" : now is null ? $"{variable} is no longer set" : $"{variable} changed");
    }

    private static IEnumerable<string> CompareCommands(IReadOnlyList<ByteString> old, IReadOnlyList<ByteString> now)
    {
        for (int i = 0; i < Math.Max(old.Count, now.Count); i++)
        {
            if (i >= old.Count)
            {
                yield return $"argument {i}: added {Words.Of(now[i])}";
            }
            else if (i >= now.Count)
            {
                yield return $"argument {i}: removed {Words.Of(old[i])}";
            }
            else if (old[i] != now[i])
            {
                yield return $"{(i == 0 ? "command" : $"argument {i}")}: {Words.Of(old[i])} → {Words.Of(now[i])}";
            }
        }
    }
}
