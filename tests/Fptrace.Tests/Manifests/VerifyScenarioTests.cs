using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Manifests;

/// <summary><c>fptrace run --verify</c>: the second run begins as the first did.</summary>
public sealed class VerifyScenarioTests : IDisposable
{
    private readonly RunScenario _scenario = new() { Options = ["--verify"] };

    [SkippableFact]
    public void Deterministic_SaysSo()
    {
        Write("in", "text\n");
        Verifies(1, "cp", "in", "out");
    }

    [SkippableFact]
    public void Nondeterministic_NamesWhatDiffers()
    {
        Write("in", "text\n");
        string error = Differs("cp in out; cat /proc/sys/kernel/random/uuid > id; date +%N");
        Assert.Contains("fptrace: differs: id\nfptrace: differs: what it prints on stdout\n", error,
            StringComparison.Ordinal);
        Assert.DoesNotContain("differs: out", error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Appending_SecondRunFindsTheFileAsTheFirstDid()
    {
        Write("log", "0\n");
        Write("in", "1\n");
        Verifies(1, "sh", "-c", "cat in >> log");
        Assert.Equal("0\n1\n", Read("log"));
    }

    [SkippableFact]
    public void AppendingTheTime_Differs()
    {
        Write("log", "0\n");
        Assert.Contains("fptrace: differs: log\n", Differs("cat /proc/sys/kernel/random/uuid >> log"),
            StringComparison.Ordinal);
        Assert.Equal(2, Read("log").Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [SkippableFact]
    public void Archive_MemberAdded_OnceOnly()
    {
        Requires.Program("ar");
        Write("a", "a");
        Write("b", "b");
        CommandRunner.Run(_scenario.Directory.Work, ["ar", "qD", "lib.a", "a"]);
        Verifies(1, "ar", "qD", "lib.a", "b");
        Assert.Equal("a\nb\n", CommandRunner.Run(_scenario.Directory.Work, ["ar", "t", "lib.a"]).Output);
    }

    [SkippableFact]
    public void Database_RowAdded_OnceOnly()
    {
        Requires.Program("python3");
        const string Open = "import sqlite3; db = sqlite3.connect('data.db'); ";
        CommandRunner.Run(_scenario.Directory.Work,
            ["python3", "-c",
            Open + "db.execute('create table t (x)'); db.execute('insert into t values (1)'); db.commit()"]);
        Verifies(1, "python3", "-c", Open + "db.execute('insert into t values (2)'); db.commit()");
        Assert.Equal("2\n",
            CommandRunner.Run(_scenario.Directory.Work,
            ["python3", "-c", Open + "print(db.execute('select count(*) from t').fetchone()[0])"]).Output);
    }

    [SkippableFact]
    public void DeletedRenamedReplacedAndMade_AllIsAsBeforeForTheSecondRun()
    {
        // Each of these fails, or does something else, where the first run's work stands.
        Write("old/deep/file", "1\n");
        Write("from/file", "2\n");
        Write("taken", "3\n");
        File.CreateSymbolicLink(_scenario.Directory.Path("link"), "taken");
        File.SetUnixFileMode(_scenario.Directory.Path("taken"), (UnixFileMode)0b110_000_000);
        Verifies(null, "sh", "-ec",
            "test $(stat -c %a taken) = 600; mkdir made made/deep; rm -r old; mv from to; chmod 640 taken; rm link; "
            + "ln -s nowhere link; echo 4 > made/deep/out; mv taken made; test ! -e old");
        Assert.Equal("2\n", Read("to/file"));
        Assert.Equal("3\n", Read("made/taken"));
    }

    [SkippableFact]
    public void TimesOfWhatWasDeleted_AreAsBefore()
    {
        // As make would: what is newer decides.
        Write("old", "1\n");
        File.SetLastWriteTimeUtc(_scenario.Directory.Path("old"), new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        Verifies(1, "sh", "-c", "stat -c %y old > out; rm old");
        Assert.StartsWith("2001-02-03", Read("out"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void FileWithTwoNames_IsDeclinedAndLeftAlone()
    {
        Write("log", "0\n");
        CommandRunner.Run(_scenario.Directory.Work, ["ln", "log", "other"]);
        _scenario.Command = ["sh", "-c", "echo 1 >> log"];
        _scenario.Run(exitCode: 1);
        Assert.Contains(
            "fptrace: not verified: log has other names (hard links), so a second run would not begin as the first "
                + "did\n", _scenario.Last.Error, StringComparison.Ordinal);
        Assert.Equal("0\n1\n", Read("other"));
    }

    [SkippableFact]
    public void FailingCommand_NothingIsPutBackOrLeftBehind()
    {
        Write("log", "0\n");
        _scenario.Command = ["sh", "-c", "echo 1 >> log; exit 3"];
        _scenario.Run(exitCode: 3);
        Assert.Equal("0\n1\n", Read("log"));
        Assert.Empty(Directory.EnumerateDirectories(_scenario.Directory.Path(".fptrace")));
    }

    public void Dispose() => _scenario.Dispose();

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_scenario.Directory.Path(name))!);
        _scenario.Directory.Write(name, text);
    }

    private string Read(string name) => File.ReadAllText(_scenario.Directory.Path(name));

    private void Verifies(int? outputs, params string[] command)
    {
        _scenario.Command = command;
        _scenario.Run();
        Assert.Contains($"fptrace: verified: two runs made the same {(outputs is null ? "" : $"{outputs} outputs\n")}",
            _scenario.Last.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories(_scenario.Directory.Path(".fptrace")));
    }

    private string Differs(string script)
    {
        _scenario.Command = ["sh", "-c", script];
        _scenario.Run(exitCode: 1);
        return _scenario.Last.Error;
    }
}
