using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Fptrace.Model;

namespace Fptrace.Steps;

/// <summary>What counts of the environment for a step, with the values. They do not leave this process.</summary>
/// <remarks>
/// Each step has its own instance, which one thread uses. Both Of methods give the same result for the same
/// environment.
/// </remarks>
public sealed class StepEnvironment
{
    private readonly StepIdentity _step;
    private readonly Dictionary<string, byte[]> _counted = new(StringComparer.Ordinal);
    private string[] _names = [];
    private string _stateHome = "";
    private string _home = "";
    private EnvironmentDigests? _digests;

    private StepEnvironment(StepIdentity step) => _step = step;

    /// <summary>The digests. The first access reads, or makes, the user's key.</summary>
    public EnvironmentDigests Digests => _digests ??= MakeDigests(EnvironmentKey.Find(_stateHome, _home, _step.Root));

    /// <summary>All that counts, as bytes that no other environment has.</summary>
    internal ReadOnlySpan<byte> Text
    {
        get
        {
            var buffer = new ArrayBufferWriter<byte>(4096);
            foreach (string name in _names)
            {
                Append(buffer, Encoding.UTF8.GetBytes(name));
                Append(buffer, _counted[name]);
            }

            return buffer.WrittenSpan;
        }
    }

    /// <param name="entries">NAME=VALUE, as the process has them.</param>
    /// <param name="step">Its options say what counts.</param>
    public static StepEnvironment Of(IReadOnlyList<ByteString> entries, StepIdentity step)
    {
        ArgumentNullException.ThrowIfNull(entries);
        ArgumentNullException.ThrowIfNull(step);
        var environment = new StepEnvironment(step);
        for (int i = 0; i < entries.Count; i++)
        {
            environment.Add(entries[i].Span);
        }

        return environment.Sorted();
    }

    /// <summary>
    /// Takes an environment as text, such as <see cref="System.Diagnostics.ProcessStartInfo.Environment"/>.
    /// </summary>
    public static StepEnvironment Of(IEnumerable<KeyValuePair<string, string?>> variables, StepIdentity step)
    {
        ArgumentNullException.ThrowIfNull(variables);
        ArgumentNullException.ThrowIfNull(step);
        var environment = new StepEnvironment(step);
        foreach (KeyValuePair<string, string?> variable in variables)
        {
            // A variable without a value is not handed to the process.
            if (variable.Value is { } value)
            {
                environment.Add(Encoding.UTF8.GetBytes(variable.Key + "=" + value));
            }
        }

        return environment.Sorted();
    }

    private EnvironmentDigests MakeDigests(EnvironmentKey key)
    {
        var variables = new EnvironmentDigest[_names.Length];
        for (int i = 0; i < variables.Length; i++)
        {
            variables[i] = new EnvironmentDigest(_names[i], key.Hash.Digest(_counted[_names[i]]));
        }

        return new EnvironmentDigests { Key = key.Id, Variables = variables };
    }

    private StepEnvironment Sorted()
    {
        LeaveOutServers();

        // Sorts the names alone: the runtime has no precompiled code for sorted pairs, and every check comes this way.
        _names = [.. _counted.Keys];
        Array.Sort(_names, StringComparer.Ordinal);
        return this;
    }

    /// <summary>Removes a user's variable that equals what <see cref="ServerRules"/> would set anyway.</summary>
    private void LeaveOutServers()
    {
        for (int i = 0; _step.Servers > 0 && i < ServerRules.All.Count; i++)
        {
            string name = ServerRules.All[i].Name;
            if (ServerRules.All[i].Kind != ServerRuleKind.GitSetting && _counted.TryGetValue(name, out byte[]? text)
                && text.AsSpan().SequenceEqual(ServerRules.EntryOf(name)))
            {
                _counted.Remove(name);
            }
        }
    }

    private void Add(ReadOnlySpan<byte> entry)
    {
        string name = NameOf(entry);
        if (name == "XDG_STATE_HOME" && _stateHome.Length == 0)
        {
            _stateHome = new ByteString(entry["XDG_STATE_HOME=".Length..]).ToString();
        }
        else if (name == "HOME" && _home.Length == 0)
        {
            _home = new ByteString(entry["HOME=".Length..]).ToString();
        }

        if (CommandEnvironment.Part(name, _step) is not { } part || Counted(entry, name, part) is not { } text)
        {
            return;
        }

        // If two entries have one name, both count: getenv(3) finds the first, but a program that walks environ meets
        // both. The NUL cannot occur in an entry.
        _counted[name] = _counted.TryGetValue(name, out byte[]? first) ? [.. first, 0, .. text] : text;
    }

    /// <summary>What counts of an entry; null if nothing.</summary>
    /// <remarks>It includes the name, so that equal values of two variables get different digests.</remarks>
    private byte[]? Counted(ReadOnlySpan<byte> entry, string name, EnvironmentPart part)
    {
        int equals = entry.IndexOf((byte)'=');
        switch (part)
        {
            case EnvironmentPart.Withheld:
                return null;
            case EnvironmentPart.WhetherSet:
                return Encoding.UTF8.GetBytes(name);
            case EnvironmentPart.UnlessDefault when equals > 0
                && entry[(equals + 1)..].SequenceEqual(Encoding.UTF8.GetBytes(EnvironmentRules.DefaultOf(name))):
                return null;
            case EnvironmentPart.MakeFlags when equals > 0:
                return MakeFlags.WithoutJobs(entry[(equals + 1)..]) is { Length: > 0 } flags
                    ? [.. entry[..(equals + 1)], .. flags]
                    : null;
            case EnvironmentPart.Directory:
                return CommandEnvironment.IsLogical(entry, _step.Directory) ? entry.ToArray() : null;
            default:
                return entry.ToArray();
        }
    }

    /// <summary>The text before the first '='; the whole entry if there is none.</summary>
    internal static string NameOf(ReadOnlySpan<byte> entry)
    {
        int equals = entry.IndexOf((byte)'=');
        return new ByteString(equals < 0 ? entry : entry[..equals]).ToString();
    }

    private static void Append(ArrayBufferWriter<byte> buffer, ReadOnlySpan<byte> bytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(buffer.GetSpan(sizeof(int)), bytes.Length);
        buffer.Advance(sizeof(int));
        buffer.Write(bytes);
    }
}
