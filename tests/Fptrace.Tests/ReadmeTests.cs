using System.Globalization;
using System.Reflection;
using Fptrace.Commands;
using Fptrace.Commands.Trace;
using Fptrace.Support;

namespace Fptrace;

/// <summary>README.md keeps up with the command line.</summary>
public sealed class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

    [Fact]
    public void Options_AllNamed() =>
        Assert.All(new TraceOptionTable().ByName.Values.Distinct(),
            option => Assert.Matches($@"(?m)^\|.*`{option.Name}\b", Readme));

    [Fact]
    public void ExitCodes_AllNamed() =>
        Assert.All(ExitCodeValues(), code => Assert.Contains($"\n| {code} | ", Readme, StringComparison.Ordinal));

    [Fact]
    public void ExitCodes_AllInHelp() =>
        Assert.All(ExitCodeValues(), code => Assert.Matches($@"(?m)^ +{code}  ", Verbs.Trace.Help));

    private static IEnumerable<string> ExitCodeValues() => typeof(ExitCodes)
        .GetFields(BindingFlags.Static | BindingFlags.Public)
        .Select(field => string.Format(CultureInfo.InvariantCulture, "{0}", field.GetRawConstantValue()));
}
