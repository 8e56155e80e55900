using System.Globalization;
using System.Text.RegularExpressions;

namespace Fptrace.Tracing.Calls;

/// <summary>The system call numbers that an installed kernel header gives out.</summary>
internal static partial class KernelHeader
{
    /// <summary>asm-generic/unistd.h counts these as calls; they are a range of numbers and the end of the
    /// table.</summary>
    private static readonly string[] s_notCalls = ["arch_specific_syscall", "syscalls"];

    /// <remarks>
    /// asm-generic/unistd.h serves 32-bit and 64-bit architectures: where they part, the 64-bit branch is taken, with
    /// every optional call that aarch64 asks for.
    /// </remarks>
    public static Dictionary<string, short> Read(string path)
    {
        var numbers = new Dictionary<string, short>(StringComparer.Ordinal);
        var shared = new Dictionary<string, short>(StringComparer.Ordinal);
        var branches = new Stack<bool>();
        foreach (string line in File.ReadLines(path))
        {
            if (line.StartsWith("#if", StringComparison.Ordinal))
            {
                branches.Push(IsTaken(line));
            }
            else if (line.StartsWith("#else", StringComparison.Ordinal))
            {
                branches.Push(!branches.Pop());
            }
            else if (line.StartsWith("#endif", StringComparison.Ordinal))
            {
                branches.Pop();
            }
            else if (branches.All(taken => taken) && Definition.Match(line) is { Success: true } match)
            {
                Add(match.Groups["name"].Value, match.Groups["value"].Value,
                    match.Groups["shared"].Success ? shared : numbers, shared);
            }
        }

        foreach (string name in s_notCalls)
        {
            numbers.Remove(name);
        }

        return numbers;
    }

    private static void Add(string name, string value, Dictionary<string, short> target,
        Dictionary<string, short> shared)
    {
        if (short.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out short number)
            || (value.StartsWith("__NR3264_", StringComparison.Ordinal)
                && shared.TryGetValue(value["__NR3264_".Length..], out number)))
        {
            target[name] = number;
        }
    }

    private static bool IsTaken(string condition) =>
        !condition.Contains("== 32", StringComparison.Ordinal)
        && !condition.EndsWith("__SYSCALL_COMPAT", StringComparison.Ordinal)
        && !condition.Contains("__ARCH_WANT_SYNC_FILE_RANGE2", StringComparison.Ordinal)
        && !condition.EndsWith("__NR3264_stat", StringComparison.Ordinal)
        && !condition.EndsWith("__KERNEL__", StringComparison.Ordinal);

    [GeneratedRegex(@"^#define\s+__NR(?<shared>3264)?_(?<name>\w+)\s+(?<value>\w+)")]
    private static partial Regex Definition { get; }
}
