using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Manifests;

/// <summary>Says in which variables two environments differ.</summary>
internal static class EnvironmentComparison
{
    public static IEnumerable<Difference> Compare(EnvironmentDigests old, EnvironmentDigests now)
    {
        if (old.Key != now.Key)
        {
            yield return new Difference(
                DifferenceKind.Environment,
                "",
                "the environment cannot be compared: the secret key of its digests is another");
            yield break;
        }

        // Usually nothing differs, and the lists need not be merged.
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

    internal static Difference Changed(string name, string? old, string? now)
    {
        string variable = name.Length == 0 ? "a variable without a name" : Words.Of(name);
        return new Difference(
            DifferenceKind.Environment,
            name,
            old is null ? $"{variable} is now set"
                : now is null ? $"{variable} is no longer set"
                : $"{variable} changed");
    }
}
