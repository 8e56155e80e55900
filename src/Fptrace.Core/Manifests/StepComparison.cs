using Fptrace.Model;

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

        if (!old.Environment.SequenceEqual(now.Environment, StringComparer.Ordinal))
        {
            yield return new Difference(DifferenceKind.Step, "environment", "the tracked variables are others");
        }

        if (!old.Ignore.SequenceEqual(now.Ignore, StringComparer.Ordinal))
        {
            yield return new Difference(DifferenceKind.Step, "ignore", "the ignored names are others");
        }

        if (!old.IgnoreListing.SequenceEqual(now.IgnoreListing, StringComparer.Ordinal))
        {
            yield return new Difference(DifferenceKind.Step, "ignore-listing", "the directories whose listings are ignored are others");
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

        if (old.Home != now.Home)
        {
            yield return new Difference(DifferenceKind.Step, "home", $"home directory: {Words.Of(old.Home)} → {Words.Of(now.Home)}");
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

        if (old.Input != now.Input)
        {
            bool isOther = StandardInput.Describe(old.Input) != StandardInput.Describe(now.Input);
            yield return new Difference(
                DifferenceKind.Step,
                "input",
                isOther ? $"standard input: {StandardInput.Describe(old.Input)} → {StandardInput.Describe(now.Input)}" : "the standard input, a file without a name, is another");
        }
    }

    public static IEnumerable<Difference> Compare(IReadOnlyList<EnvironmentDigest> old, IReadOnlyList<EnvironmentDigest> now)
    {
        var current = now.ToDictionary(variable => variable.Name, variable => variable.Digest, StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (EnvironmentDigest variable in old)
        {
            names.Add(variable.Name);
            string? value = current.GetValueOrDefault(variable.Name);
            if (value != variable.Digest)
            {
                yield return Changed(variable.Name, variable.Digest, value);
            }
        }

        foreach (EnvironmentDigest variable in now)
        {
            if (variable.Digest is not null && !names.Contains(variable.Name))
            {
                yield return Changed(variable.Name, null, variable.Digest);
            }
        }
    }

    /// <summary>The first fact that differs.</summary>
    private static string CompareMachines(IReadOnlyList<string> old, IReadOnlyList<string> now)
    {
        string known = old.Except(now, StringComparer.Ordinal).FirstOrDefault() ?? "=";
        string name = known.Length > 1 ? known[..known.IndexOf('=', StringComparison.Ordinal)] : "";
        string? current = now.FirstOrDefault(fact => name.Length > 0 && fact.StartsWith(name + "=", StringComparison.Ordinal));
        return name == "processor" ? "the processor is another"
            : current is not null ? $"{name}: {Words.Of(known[(name.Length + 1)..])} → {Words.Of(current[(name.Length + 1)..])}"
            : "the machine is another";
    }

    private static Difference Changed(string name, string? old, string? now) => new(
        DifferenceKind.Environment,
        name,
        old is null ? $"{name} is now set" : now is null ? $"{name} is no longer set" : $"{name} changed");

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
