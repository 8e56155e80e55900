using System.Text.Json;
using Fptrace.Support;

namespace Fptrace.Engine;

/// <summary>-u: names go as the command expects, what was there is kept, and <c>fptrace undelete</c> puts it
/// back.</summary>
public sealed class UndeleteTests : IDisposable
{
    private readonly WorkDirectory _directory = new();

    private string Keep => Path.Combine(_directory.Results, "kept");

    public void Dispose() => _directory.Dispose();

    [SkippableTheory]
    [AllEngines("rm file")]
    [AllEngines("unlink file")]
    [AllEngines("rm -r folder")]
    [AllEngines("rm -f missing file; : > file; rm file; mkdir folder/inner; rmdir folder/inner")]
    [AllEngines("mv file folder; cd folder; rm file")]
    public void Deletion_DeletesAsEver_AndWhatIsKeptIsPutBack(string engine, string script)
    {
        Fill();
        TracedRun run = Trace(engine, script).Succeeded();
        Assert.Contains(Path.GetFileName(Assert.Single(Directory.GetDirectories(Keep))), run.Result.Error,
            StringComparison.Ordinal);
        if (!script.Contains("folder", StringComparison.Ordinal))
        {
            Assert.False(File.Exists(_directory.Path("file")));
        }

        PutBack();
        string file = script.StartsWith("mv", StringComparison.Ordinal) ? "folder/file" : "file";
        Assert.Equal(script.Contains(": >", StringComparison.Ordinal) ? "" : "file\n",
            File.ReadAllText(_directory.Path(file)));
        Assert.Equal("inside\n", File.ReadAllText(_directory.Path("folder/inside")));
    }

    [SkippableTheory]
    [AllEngines("rm missing")]
    [AllEngines("rmdir missing")]
    [AllEngines("rmdir folder")]
    [AllEngines("rmdir file")]
    [AllEngines("unlink folder")]
    [AllEngines("rmdir /")]
    public void DeletionThatFails_FailsAsEver_AndKeepsNothing(string engine, string command)
    {
        Fill();
        CommandResult alone = CommandRunner.Run(_directory.Work, ["sh", "-c", command]);
        TracedRun run = Trace(engine, command);
        Assert.Equal(alone, run.Result);
        Assert.Empty(Kept());
        Assert.False(Json().RootElement.TryGetProperty("undeleted", out _));
    }

    [SkippableTheory]
    [AllEngines]
    public void WithoutTheOption_DeletionDeletes(string engine)
    {
        Fill();
        TracedRun.Of(_directory, engine, "rm", "-r", "file", "folder").Succeeded();
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory.Work));
    }

    [SkippableTheory]
    [AllEngines]
    public void Git_CommitsTwice_AndLeavesNoLocks(string engine)
    {
        Requires.Program("git");
        const string Identity = "git -c user.name=a -c user.email=a@b";
        Trace(engine,
            $"git init -q .; echo 1 > a; git add a; {Identity} commit -qm 1 && echo 2 > a && {Identity} commit -qam 2 "
                + $"&& echo 3 > a && {Identity} commit -qam 3").Succeeded();
        Assert.Empty(Directory.GetFiles(_directory.Path(".git"), "*.lock", SearchOption.AllDirectories));
        Assert.Equal("1", CommandRunner.Run(_directory.Work,
            ["sh", "-c", "git for-each-ref | wc -l | tr -d ' \\n'"]).Output);
    }

    [SkippableTheory]
    [AllEngines]
    public void DeletedName_CanBeMadeAgain_AndIsNotOverwritten(string engine)
    {
        Fill();
        TracedRun run = Trace(engine, "rm file && mkdir file && rmdir file && echo new > file").Succeeded();
        CommandResult undelete = Undelete("file");
        Assert.Equal(1, undelete.ExitCode);
        Assert.Contains("something exists there", undelete.Output, StringComparison.Ordinal);
        Assert.Equal("new\n", File.ReadAllText(_directory.Path("file")));
        Assert.Equal(Assert.Single(Directory.GetDirectories(Keep)),
            Json().RootElement.GetProperty("undeleted").GetString());
    }

    [SkippableTheory]
    [AllEngines]
    public void ModeTimeAndLinks_ArePutBack(string engine)
    {
        string state = "stat -c '%n %a %Y %F' file link run; readlink link";
        string script = "echo x > file; ln -s nowhere link; mkdir run; chmod 640 file; chmod 500 run; "
            + "touch -d @1000000000 file run";
        string before = CommandRunner.Run(_directory.Work, ["sh", "-c", $"{script}; {state}"]).Output;
        Trace(engine, "rm file link; rmdir run").Succeeded();
        Assert.Equal(3, Kept().Length);
        PutBack();
        Assert.Equal(before, CommandRunner.Run(_directory.Work, ["sh", "-c", state]).Output);
        Assert.Empty(Kept());
    }

    [SkippableTheory]
    [AllEngines]
    public void NameThatIsNoUtf8_IsPutBack(string engine)
    {
        Trace(engine, "n=$(printf '\\377x'); echo odd > \"$n\"; rm \"$n\"").Succeeded();
        PutBack();
        Assert.Equal("odd\n", CommandRunner.Run(_directory.Work, ["sh", "-c", "cat *x"]).Output);
    }

    [SkippableTheory]
    [AllEngines]
    public void OtherFileSystem_GetsACopy_AndAFullOneRefuses(string engine)
    {
        Requires.That(Environment.IsPrivilegedProcess, "needs root, to mount");
        string tmpfs = Directory.CreateDirectory(Path.Combine(_directory.Results, "small")).FullName;
        Requires.That(CommandRunner.Run("/", ["mount", "-t", "tmpfs", "-o", "size=256k", "none", tmpfs]).ExitCode == 0,
            "needs the right to mount");
        try
        {
            _directory.Write("file", "file\n");
            _directory.Write("large", new string('x', 1 << 20));
            TracedRun run = TracedRun.With(_directory, engine, ["-u", "--undelete-dir", tmpfs + "/kept"],
                ["sh", "-c", "rm file; rm large"]);
            Assert.Equal(1, run.Result.ExitCode);
            Assert.Contains("No space left on device", run.Result.Error, StringComparison.Ordinal);
            Assert.Contains("-u cannot keep " + _directory.Path("large"), run.Result.Error, StringComparison.Ordinal);
            Assert.False(File.Exists(_directory.Path("file")));
            Assert.Equal(1 << 20, new FileInfo(_directory.Path("large")).Length);
            CommandResult undelete = CommandRunner.Run(_directory.Work, [.. FptraceExecutable.Command, "undelete",
                Assert.Single(Directory.GetDirectories(tmpfs + "/kept"))]);
            Assert.Equal(0, undelete.ExitCode);
            Assert.Equal("file\n", File.ReadAllText(_directory.Path("file")));
        }
        finally
        {
            CommandRunner.Run("/", ["umount", tmpfs]);
        }
    }

    [SkippableTheory]
    [AllEngines("rm -f file")]
    [AllEngines(": > file")]
    [AllEngines("echo > fresh; mv -f fresh file")]
    public void KeepDirectoryThatCannotBeMade_RefusesTheCall(string engine, string script)
    {
        Fill();
        File.WriteAllText(Keep, "no directory");
        TracedRun run = Trace(engine, script);
        Assert.NotEqual(0, run.Result.ExitCode);
        Assert.Contains("-u cannot keep " + _directory.Path("file"), run.Result.Error, StringComparison.Ordinal);
        Assert.Equal("file\n", File.ReadAllText(_directory.Path("file")));
    }

    [SkippableTheory]
    [AllEngines]
    public void KeepDirectory_IsNothingThatTheCommandRemoves(string engine)
    {
        Fill();
        TracedRun run = Trace(engine, $"rm file; rm -r {Keep}");
        Assert.Equal(1, run.Result.ExitCode);
        PutBack();
        Assert.Equal("file\n", File.ReadAllText(_directory.Path("file")));
    }

    [SkippableTheory]
    [AllEngines("mine", "locked/kept", "Permission denied")]
    [AllEngines("unreadable", "kept", "Permission denied")]
    [AllEngines("readable", "kept", "")]
    public void OrdinaryUser_LosesNothingThatCannotBeKept(string engine, string file, string keep, string error)
    {
        Requires.That(Environment.IsPrivilegedProcess, "needs root, to become another user");
        Requires.Program("setpriv");
        string links = "/proc/sys/fs/protected_hardlinks";
        Requires.That(File.Exists(links) && File.ReadAllText(links) == "1\n", "needs fs.protected_hardlinks");
        CommandRunner.Run(_directory.Work, ["sh", "-c",
            "echo x > mine; chown 65534 mine; echo x > unreadable; chmod 600 unreadable; echo x > readable"]);
        Directory.CreateDirectory(Path.Combine(_directory.Results, "locked"));
        TracedRun run = TracedRun.With(_directory, engine,
            ["-u", "--undelete-dir", Path.Combine(_directory.Results, keep)], ["rm", "-f", file],
            [.. UnprivilegedTests.Launcher]);
        Assert.Equal(error.Length > 0 ? 1 : 0, run.Result.ExitCode);
        Assert.Equal(error.Length > 0, File.Exists(_directory.Path(file)));
        if (error.Length > 0)
        {
            Assert.Contains($"-u cannot keep {_directory.Path(file)} ({error})", run.Result.Error,
                StringComparison.Ordinal);
        }
        else
        {
            PutBack();
            Assert.Equal("x\n", File.ReadAllText(_directory.Path(file)));
        }
    }

    [SkippableFact]
    public void List_TellsWhatIsKept_AndPutsNothingBack()
    {
        Fill();
        Trace("auto", "rm file; rm -r folder").Succeeded();
        string[] lines = Undelete("--list").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["file", "folder/inside", "folder"],
            lines.Select(line => Path.GetRelativePath(_directory.Work, line.Split(' ')[^1])));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory.Work));
        Assert.Equal(2, Undelete("missing").ExitCode);
    }

    private void Fill()
    {
        _directory.Write("file", "file\n");
        Directory.CreateDirectory(_directory.Path("folder"));
        _directory.Write("folder/inside", "inside\n");
    }

    private TracedRun Trace(string engine, string script) =>
        TracedRun.With(_directory, engine, ["-u", "--undelete-dir", Keep], ["sh", "-c", script]);

    private JsonDocument Json() => JsonDocument.Parse(File.ReadAllText(Path.Combine(_directory.Results, "trace.json")));

    private CommandResult Undelete(params string[] words) =>
        CommandRunner.Run(_directory.Work,
            [.. FptraceExecutable.Command, "undelete", Assert.Single(Directory.GetDirectories(Keep)), .. words]);

    private void PutBack()
    {
        CommandResult result = Undelete();
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    private string[] Kept() => !Directory.Exists(Keep) ? [] :
        [.. Directory.GetFiles(Keep, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) != "index.jsonl"), .. KeptDirectories()];

    private string[] KeptDirectories() => [.. Undelete("--list").Output.Split('\n')
        .Where(line => line.Contains(" directory ", StringComparison.Ordinal))];
}
