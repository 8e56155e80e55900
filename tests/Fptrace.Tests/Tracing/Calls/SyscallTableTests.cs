using System.Runtime.InteropServices;
using Fptrace.Support;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Fast;
using Fptrace.Tracing.Plan;

namespace Fptrace.Tracing.Calls;

public sealed class SyscallTableTests
{
    public static TheoryData<string, string> Headers => new()
    {
        { "/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "x86-64" },
        { "/usr/include/x86_64-linux-gnu/asm/unistd_32.h", "i386" },
        { "/usr/include/asm-generic/unistd.h", "aarch64" },
    };

    public static TheoryData<string> Architectures => ["x86-64", "i386", "aarch64"];

    [SkippableTheory]
    [MemberData(nameof(Headers))]
    public void EveryCallOfTheKernelsHeaderHasItsRow(string header, string architecture)
    {
        // No package of an aarch64 machine has the headers of x86.
        Skip.If(architecture != "aarch64" && RuntimeInformation.OSArchitecture != Architecture.X64,
            $"{header} is a file of x86-64.");
        Requires.That(File.Exists(header), $"needs {header}");
        Dictionary<string, short> numbers = KernelHeader.Read(header);
        Assert.True(numbers.Count > 300, $"{header} was read wrongly: {numbers.Count} calls.");

        Dictionary<string, short> rows = SyscallTable.Rows.ToDictionary(row => row.Name,
            row => Number(row, architecture));
        IEnumerable<string> wrong = numbers
            .Where(call => !rows.TryGetValue(call.Key, out short number) || number != call.Value)
            .Select(call => $"{call.Key} {call.Value}");
        Assert.Empty(wrong);
    }

    [SkippableTheory]
    [MemberData(nameof(Headers))]
    public void NoRowIsUnknownToTheKernelsHeaderBelowItsLastNumber(string header, string architecture)
    {
        Skip.If(architecture != "aarch64" && RuntimeInformation.OSArchitecture != Architecture.X64,
            $"{header} is a file of x86-64.");
        Requires.That(File.Exists(header), $"needs {header}");
        Dictionary<string, short> numbers = KernelHeader.Read(header);

        // uretprobe and uprobe were put into a gap, long after the calls around them.
        short last = numbers.Values.Max();
        IEnumerable<string> invented = SyscallTable.Rows
            .Where(row => Number(row, architecture) is >= 0 and short number && number <= last
                && !numbers.ContainsKey(row.Name))
            .Select(row => row.Name)
            .Except(["uretprobe", "uprobe"]);
        Assert.Empty(invented);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void NoNumberIsGivenTwice(string architecture)
    {
        IEnumerable<short> twice = SyscallTable.Rows
            .Select(row => Number(row, architecture))
            .Where(number => number >= 0)
            .GroupBy(number => number)
            .Where(group => group.Count() > 1)
            .Select(group => group.Key);
        Assert.Empty(twice);
    }

    [Fact]
    public void EveryRowHasANumber() =>
        Assert.DoesNotContain(SyscallTable.Rows, row => row is { X64: -1, X86: -1, Arm64: -1 });

    [Fact]
    public void EveryIgnoredRowSaysWhy() =>
        Assert.DoesNotContain(SyscallTable.Rows, row => row.Call is IgnoredCall ignored
            && string.IsNullOrWhiteSpace(ignored.Reason));

    [SkippableFact]
    public void EveryRowThatIsNotIgnored_ReachesUsUnderAPlanOfEverything()
    {
        var everything = new TracePlan
        {
            Files = true,
            Removals = true,
            Probes = true,
            Stdio = true,
            Network = true,
            AllowIoUring = true,
            Fast = FastPath.TryMake(knowsPaths: true, isKnownToAll: false),
        };
        Requires.That(everything.Fast is not null, "needs System V shared memory");
        SyscallAbi[] abis = [.. SyscallAbi.Of(Architecture.X64), .. SyscallAbi.Of(Architecture.Arm64)];
        IEnumerable<string> unseen = SyscallTable.Rows
            .Where(row => row.Call is not IgnoredCall
                && Array.TrueForAll(abis, abi => row.Call.TrapUnder(everything, abi) is null))
            .Select(row => row.Name);
        Assert.Empty(unseen);
    }

    [Fact]
    public void EveryTestOfATrap_LooksAtAnArgumentThatACallCanHave()
    {
        var everything = new TracePlan { Files = true, Removals = true, Probes = true, Stdio = true, Network = true };
        IEnumerable<string> wrong = SyscallTable.Rows
            .Where(row => row.Call.TrapUnder(everything,
                SyscallAbi.Native)?.Tests.Any(test => test.Argument is < 0 or > 5) == true)
            .Select(row => row.Name);
        Assert.Empty(wrong);
    }

    [Fact]
    public void NumberBeyondTheTableIsUnknownAndNotIgnored()
    {
        SyscallAbi abi = SyscallAbi.Native;
        Assert.Same(UnknownCall.Instance, abi.CallOf((int)abi.FirstUnknown));
        Assert.Same(UnknownCall.Instance, abi.CallOf(-1));
        Assert.Equal(TrapAction.Stop, UnknownCall.Instance.TrapUnder(new TracePlan(), abi)!.Otherwise);
    }

    [Fact]
    public void RowsAreInTheOrderOfTheirNames()
    {
        string[] names = [.. SyscallTable.Rows.Select(row => row.Name)];
        Assert.Equal(names.Distinct().Order(StringComparer.Ordinal), names);
    }

    private static short Number(SyscallRow row, string architecture) => architecture switch
    {
        "x86-64" => row.X64,
        "i386" => row.X86,
        "aarch64" => row.Arm64,
        _ => throw new ArgumentOutOfRangeException(nameof(architecture)),
    };
}
