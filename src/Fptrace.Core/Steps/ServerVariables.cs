using System.Globalization;
using System.Text;
using Fptrace.Model;

namespace Fptrace.Steps;

/// <summary>
/// Adds the variables of <see cref="ServerRules"/> to a command's environment. What the user has set stays.
/// </summary>
internal static class ServerVariables
{
    private const string GitCount = "GIT_CONFIG_COUNT";

    /// <param name="given">Pairs of a name and the whole entry NAME=VALUE.</param>
    public static void AddTo(List<KeyValuePair<string, ByteString>> given)
    {
        var git = new List<ServerRule>();
        foreach (ServerRule rule in ServerRules.All)
        {
            switch (rule.Kind)
            {
                case ServerRuleKind.GitSetting:
                    git.Add(rule);
                    break;
                case ServerRuleKind.JavaProperty when Find(given, rule.Name) is >= 0 and int at:
                    given[at] = new(rule.Name, WithProperty(given[at].Value, rule.Value));
                    break;
                default:
                    if (Find(given, rule.Name) < 0)
                    {
                        given.Add(Entry(rule.Name, rule.Value));
                    }

                    break;
            }
        }

        AddSettings(given, git);
    }

    /// <summary>Appends a property, unless the entry has one of that name.</summary>
    private static ByteString WithProperty(ByteString entry, string property)
    {
        ReadOnlySpan<byte> text = Encoding.UTF8.GetBytes(property);
        return entry.Span.IndexOf(text[..(text.IndexOf((byte)'=') + 1)]) >= 0
            ? entry
            : new ByteString([.. entry.Span, (byte)' ', .. text]);
    }

    /// <summary>Appends settings after those that the user has put into GIT_CONFIG_COUNT.</summary>
    /// <remarks>
    /// Of two settings with one name git takes the last, so a setting that the user has made is left out. If the user's
    /// count is no number, nothing is added, and git reports the mistake.
    /// </remarks>
    private static void AddSettings(List<KeyValuePair<string, ByteString>> given, List<ServerRule> settings)
    {
        if (!TryCount(given, out int count))
        {
            return;
        }

        int first = count;
        foreach (ServerRule setting in settings)
        {
            if (!IsSet(given, first, setting.Name))
            {
                Set(given, $"GIT_CONFIG_KEY_{Text(count)}", setting.Name);
                Set(given, $"GIT_CONFIG_VALUE_{Text(count)}", setting.Value);
                count++;
            }
        }

        Set(given, GitCount, Text(count));
    }

    private static bool TryCount(List<KeyValuePair<string, ByteString>> given, out int count)
    {
        string text = Value(given, GitCount);
        count = 0;
        return text.Length == 0 || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count);
    }

    private static bool IsSet(List<KeyValuePair<string, ByteString>> given, int count, string setting)
    {
        for (int i = 0; i < count && Value(given, $"GIT_CONFIG_KEY_{Text(i)}") is { Length: > 0 } key; i++)
        {
            if (key.Equals(setting, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static string Value(List<KeyValuePair<string, ByteString>> given, string name) =>
        Find(given, name) is >= 0 and int at
            ? new ByteString(given[at].Value.Span[(name.Length + 1)..]).ToString()
            : "";

    private static void Set(List<KeyValuePair<string, ByteString>> given, string name, string value)
    {
        given.RemoveAll(entry => entry.Key == name);
        given.Add(Entry(name, value));
    }

    /// <summary>
    /// The index of the first entry of that name with a value, as getenv(3) finds it; −1 if there is none.
    /// </summary>
    private static int Find(List<KeyValuePair<string, ByteString>> given, string name) =>
        given.FindIndex(entry => entry.Key == name && entry.Value.Span.Length > Encoding.UTF8.GetByteCount(name));

    private static KeyValuePair<string, ByteString> Entry(string name, string value) =>
        new(name, new ByteString(Encoding.UTF8.GetBytes($"{name}={value}")));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
