using System.Globalization;
using System.Reflection;
using Fptrace.Support;

namespace Fptrace.Engine.Failures;

/// <summary>What the original fptrace gets wrong: a test's number is that of the failure. Partials stand by
/// concern.</summary>
/// <remarks>
/// 1 pipe2 is unknown. 2 Renames: no input or output, mixed up, directories, exchange. 3 Calls that change without an
/// open are unseen. 4 Failed calls are dropped. 5 Executables and interpreters are missing. 6 A file that is read and
/// written loses the read; O_PATH counts as one. 7 Calls of i386. 8 Clone flags, clone3, CLONE_FS. 9 Descriptors by
/// dup2, close_range, unshare, SCM_RIGHTS, pidfd_getfd. 10 Panics and endless loops. 11 SIGSTOP is ignored; Ctrl-Z at a
/// terminal is also <see cref="TerminalTests.TracedJob_StopsAndGoesOn"/>. 12 Names that are not UTF-8. 13 SIGTERM,
/// daemons, other tracers. 14 Undelete does not protect what is overwritten. 15 Empty and huge arguments and
/// environments, long paths, names in scripts, as also in <see cref="ProgramTests.OddNames_SurviveInEveryOutput"/>.
/// </remarks>
public sealed partial class OriginalFailureTests
{
    private const int Failures = 15;

    [Fact]
    public void EachFailure_HasATest()
    {
        IEnumerable<int> numbers = typeof(OriginalFailureTests).GetMethods(BindingFlags.Instance | BindingFlags.Public)
            .Where(method => method.Name.StartsWith("Failure", StringComparison.Ordinal))
            .Select(method => int.Parse(method.Name.AsSpan("Failure".Length, 2), CultureInfo.InvariantCulture));
        Assert.Equal(Enumerable.Range(1, Failures), numbers.Distinct().Order());
    }

    private static TracedRun RunProgram(WorkDirectory directory, string engine, string program, params string[] options)
    {
        string binary = TestPrograms.Path(program);
        TestProgram.Read(program).Prepare(directory);
        TracedRun run = TracedRun.With(directory, engine, options, [binary]);
        Requires.That(run.Result.ExitCode != TestProgram.Unsupported, $"needs what tests/programs/{program}.c needs");
        return run.Succeeded();
    }
}
