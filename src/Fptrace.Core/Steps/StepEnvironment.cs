using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Fptrace.Model;

namespace Fptrace.Steps;

/// <summary>What counts for a step of the environment at one moment, with the values: they stay in this
/// process.</summary>
/// <remarks>An instance for each step, used by one thread. The bytes and the text of one environment make the
/// same.</remarks>
public sealed class StepEnvironment
{
    private readonly StepIdentity _step;
    private readonly Dictionary<string, byte[]> _counted = new(StringComparer.Ordinal);
    private string[] _names = [];
    private string _stateHome = "";
    private string _home = "";
    private EnvironmentDigests? _digests;

    private StepEnvironment(StepIdentity step) => _step = step;

    /// <summary>With a key of this user; read, or made, when they are asked for.</summary>
    public EnvironmentDigests Digests => _digests ??= MakeDigests(EnvironmentKey.Find(_stateHome, _home, _step.Root));

    /// <summary>All that counts, in one text that no other environment makes.</summary>
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
    /// <param name="step">Says what counts.</param>
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

    /// <summary>The same of an environment in text, as of
    /// <see cref="System.Diagnostics.ProcessStartInfo.Environment"/>.</summary>
    public static StepEnvironment Of(IEnumerable<KeyValuePair<string, string?>> variables, StepIdentity step)
    {
        ArgumentNullException.ThrowIfNull(variables);
        ArgumentNullException.ThrowIfNull(step);
        var environment = new StepEnvironment(step);
        foreach (KeyValuePair<string, string?> variable in variables)
        {
            // A process does not get what has no value.
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

        // Of names alone: no native code is at hand for sorted pairs, and every check begins here.
        _names = [.. _counted.Keys];
        Array.Sort(_names, StringComparer.Ordinal);
        return this;
    }

    /// <summary>What the command would get all the same makes no difference.</summary>
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

        // getenv(3) finds the first of two entries, but whoever walks through all meets the other. No entry holds a
        // NUL.
        _counted[name] = _counted.TryGetValue(name, out byte[]? first) ? [.. first, 0, .. text] : text;
    }

    /// <summary>What counts of an entry, with its name, so that equal values of two variables do not look alike; null:
    /// nothing.</summary>
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

    /// <summary>What stands before the first '='; all where there is none.</summary>
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
