using System.Text.RegularExpressions;
using Fptrace.Engine;
using Fptrace.Linux.Headers;
using Fptrace.Support;

namespace Fptrace.Caching;

/// <summary>
/// Whatever call on the manifest, the store or the tree fails: a run that exits as the command does leaves what the
/// command makes of what is there, and any other says why in one line; what comes after it is right again.
/// </summary>
/// <remarks><c>FPTRACE_INJECT=all</c> lets each call fail in more ways and at more places.</remarks>
public sealed class CacheInjectionTests
{
    private const int ENOSPC = 28;

    /// <summary>Bytes of a file that is large enough for copy_file_range(2).</summary>
    private const int CopiedByTheKernel = 3 << 20;

    private const string Script =
        "cat in > out; mkdir -p d; cp in d/copy; chmod 755 d/copy; ln -sf copy d/link; cat in";

    private static readonly bool s_all = Environment.GetEnvironmentVariable("FPTRACE_INJECT") == "all";

    public static TheoryData<string, int[]> Calls => new()
    {
        { "open-target", [errno.EMFILE, errno.EIO, errno.EINTR, ENOSPC, errno.EACCES] },
        { "read-target", [errno.EIO, errno.EINTR] },
        { "pread-target", [errno.EIO, errno.EINTR] },
        { "write-target", [ENOSPC, errno.EIO, errno.EINTR] },
        { "pwrite-target", [ENOSPC, errno.EIO, errno.EINTR] },
        { "copy-target", [ENOSPC, errno.EIO, errno.EINTR] },
        { "stat-target", [errno.EIO, errno.ENOMEM] },
        { "list-target", [errno.EIO, errno.EINTR] },
        { "readlink-target", [errno.EIO, errno.ENOMEM] },
        { "rename-target", [errno.EIO, ENOSPC] },
        { "remove-target", [errno.EIO, errno.EACCES] },
        { "mkdir-target", [ENOSPC, errno.EIO] },
        { "symlink-target", [ENOSPC, errno.EIO] },
        { "mode-target", [errno.EPERM, errno.EIO] },
        { "times-target", [errno.EPERM, errno.EIO] },
        { "lock-target", [errno.EINTR, errno.ENOMEM] },
    };

    [SkippableTheory]
    [MemberData(nameof(Calls))]
    public void FailedCall_NeverMakesAWrongSkipOrOutput(string call, int[] errors)
    {
        using var directory = new WorkDirectory();
        int count = Play(directory, new InjectedFault(call, "0", 0));
        Assert.True(count > 0, $"the tool makes no call that is {call}, so this row tests nothing");
        foreach (int error in s_all ? errors : errors[..1])
        {
            // All that it looks at from the first on is the hardest for a tool that tries again.
            string[] lasting = error == errno.EINTR || (!s_all && call != "stat-target") ? [] : ["1+"];
            string[] moments = s_all
                ? [.. Enumerable.Range(1, Math.Min(count, 60)).Select(moment => $"{moment}"), .. lasting,
                    $"{(count / 2) + 1}+"]
                : [$"{(count / 2) + 1}", .. lasting];
            foreach (string moment in moments)
            {
                Play(directory, new InjectedFault(call, moment, error));
            }
        }
    }

    /// <summary>A first run, one of other inputs, and one that finds its result in the store; each fails, and is then
    /// made again.</summary>
    /// <returns>The most calls that fitted in one of them.</returns>
    private static int Play(WorkDirectory directory, InjectedFault fault)
    {
        directory.Clear();
        CommandRunner.Run("/", ["rm", "-rf", Store(directory)]);
        Directory.CreateDirectory(Store(directory));
        directory.Write("step", Script);
        int count = 0;
        string more = fault.Call == "copy-target" ? new string('x', CopiedByTheKernel) : "";
        foreach (string content in new[] { "one\n" + more, "two\n" + more, "one\n" + more })
        {
            directory.Write("in", content);
            Judge(directory, content, fault, Run(directory, fault));
            count = Math.Max(count, InjectedFault.Count(directory).Fitted);
            Assert.Equal(0, Judge(directory, content, fault, Run(directory, null)));
            CommandRunner.Run(directory.Work, ["rm", "-rf", "out", "d"]);
        }

        return count;
    }

    private static CommandResult Run(WorkDirectory directory, InjectedFault? fault)
    {
        CommandResult result = CommandRunner.Run(
            directory.Work,
            [
                .. fault?.Around(directory, Path.GetDirectoryName(directory.Work)!) ?? [],
                .. FptraceExecutable.Command, "run", "-q", "--root", directory.Work, "--cache=" + Store(directory),
                "--", "sh", "step",
            ]);
        Requires.That(result.ExitCode is not (TestProgram.Unsupported or ExitCodes.TracingDenied),
            "needs ptrace: " + result.Error);
        return result;
    }

    private static int Judge(WorkDirectory directory, string content, InjectedFault fault, CommandResult result)
    {
        string what = $"{fault}: {result}";
        Assert.True(Regex.IsMatch(result.Error, "^(fptrace: [^\n]+\n)*$"), what);
        if (result.ExitCode != 0)
        {
            Assert.True(result.ExitCode is ExitCodes.Usage or ExitCodes.Output or ExitCodes.Internal
                && result.Error.Count(c => c == '\n') == 1, what);
            return result.ExitCode;
        }

        Assert.True(result.Output == content, what);
        Assert.True(ReadIfThere(directory, "out") == content && ReadIfThere(directory, "d/copy") == content
            && ReadIfThere(directory, "d/link") == content, what);
        Assert.True(new FileInfo(directory.Path("d/link")).LinkTarget == "copy", what);
        Assert.True((File.GetUnixFileMode(directory.Path("d/copy")) & UnixFileMode.UserExecute) != 0, what);
        return 0;
    }

    private static string? ReadIfThere(WorkDirectory directory, string name) =>
        File.Exists(directory.Path(name)) ? File.ReadAllText(directory.Path(name)) : null;

    private static string Store(WorkDirectory directory) => Path.Combine(directory.Results, "store");
}
