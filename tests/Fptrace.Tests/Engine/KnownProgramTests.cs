using System.Text;
using System.Text.Json;
using Fptrace.Manifests;
using Fptrace.Support;

namespace Fptrace.Engine;

/// <summary>What was read of a program is used again as long as it is the same file, and no longer.</summary>
public sealed class KnownProgramTests
{
    // Longer than the time after a change in which a file is not remembered.
    private const string Twice = "sleep 0.1; ./p; ./p; ";

    private const string Linked = "mkdir d; mv p d; ln -s d l; sleep 0.1; l/p; l/p; ";

    /// <summary>Commands that run the program twice, change something, and run it again.</summary>
    [SkippableTheory]
    [AllEngines(Twice + "cat b > p; touch -r a p; ./p", "p ld")]
    [AllEngines(Twice + "cp -p b c; touch -r a c; mv c p; ./p", "p ld")]
    [AllEngines(Twice + "mv p q; mv b p; ./p", "p ld")]
    [AllEngines(Twice + "ln -sf b p; ./p", "b ld")]

    // The same file by another name.
    [AllEngines(Linked + "mv d e; ln -sfn e l; l/p", "e/p -")]
    [AllEngines(Linked + "mv d e; mkdir d; cp b d/p; ln -sfn e l; l/p", "e/p -")]
    [AllEngines("ln p q; ln -s p l; sleep 0.1; ./l; ./l; ln -sf q l; ./l", "q -")]
    [AllEngines("ln p q; ln -s p l; sleep 0.1; ./l; ./l; rm p; ln -sf q l; ./l", "q -")]

    // Scripts.
    [AllEngines("echo '#!./p' > s; chmod 755 s; sleep 0.1; ./s; ./s; echo '#!./b' > t; touch -r s t; cat t > s; ./s",
        "b b ld")]
    [AllEngines("echo '#!./p' > s; chmod 755 s; sleep 0.1; ./s; ./s; cat b > p; touch -r a p; ./s", "p p ld")]
    [AllEngines("echo '#!./l' > s; chmod 755 s; ln -s p l; sleep 0.1; ./s; ./s; ln -sf b l; ./s", "b l ld")]
    [AllEngines("echo '#!./s' > t; echo '#!./p' > s; chmod 755 s t; sleep 0.1; ./t; ./t; cp b p; ./t", "p s p ld")]
    [AllEngines(Twice + "echo '#!./b' > p; ./p", "b b ld")]
    [AllEngines("echo '#!./p' > s; chmod 755 s; sleep 0.1; ./s; ./s; cat b > s; ./s", "s ld")]
    public void Program_ThatIsAnotherNow_IsReadAnew(string engine, string command, string expected)
    {
        using WorkDirectory directory = Programs();
        TracedRun run = TracedRun.With(directory, engine, ["--probes"], ["sh", "-c", command + "; :"]).Succeeded();
        Assert.Equal(expected, Shown(run));
    }

    /// <summary>The descriptor leads to a file that had the path of another one that is known by now.</summary>
    [SkippableTheory]
    [AllEngines]
    public void Program_WithoutAName_IsNotTheOneThatHasItNow(string engine)
    {
        Requires.Program("python3");
        using WorkDirectory directory = Programs();
        const string Script = """
            import os, subprocess, time
            old = os.open("b", os.O_RDONLY)
            os.rename("p", "b")
            time.sleep(0.1)
            subprocess.call("./b")
            subprocess.call("./b")
            os.execve(old, ["b"], {})
            """;
        TracedRun run = TracedRun.With(directory, engine, ["--probes"], ["python3", "-ISc", Script]).Succeeded();
        Assert.Equal("b ld", Shown(run));
    }

    [SkippableTheory]
    [AllEngines]
    public void Program_ThatGivesRightsNow_ReadsAsItsOwner(string engine)
    {
        Requires.That(Environment.IsPrivilegedProcess, "needs root, to make a program of another user");
        using WorkDirectory directory = Programs();
        File.Copy("/bin/cat", directory.Path("p"), overwrite: true);
        directory.Write("private", "");
        const string Command = "chmod 4755 p; ./p private 2>/dev/null && echo read; :";
        TracedRun run = TracedRun.With(directory, engine, ["--probes"],
            ["sh", "-c", "chmod 600 private; chown 65534 p; " + Twice + Command]).Succeeded();
        Requires.That(run.Result.Output.Length == 0, "needs a file system that gives rights");
        Assert.DoesNotContain(run.OwnAccesses, access => access.EndsWith(" read private", StringComparison.Ordinal));
    }

    /// <summary>A known program names another interpreter now, which is missing, so that it fails.</summary>
    [SkippableFact]
    public void Program_WhoseInterpreterIsMissingNow_RunsWhenItIsThere()
    {
        using var scenario = new RunScenario("sh", "-c",
            "cp -p a p; " + Twice + "cat b > p; touch -r a p; ./p 2>/dev/null; rm p; :");
        Fill(scenario.Directory);
        File.Move(scenario.Directory.Path("ld"), scenario.Directory.Path("kept"));
        scenario.RunTwice();
        File.Move(scenario.Directory.Path("kept"), scenario.Directory.Path("ld"));
        Assert.Equal("now exists: ld", scenario.Run());
    }

    /// <summary>The executable and the interpreters of the last execution of a program in the directory; "-" for those
    /// of the machine.</summary>
    private static string Shown(TracedRun run)
    {
        TracedExecution last = run.Trace.Executions.Last(execution => run.Short(execution.Path) != execution.Path);
        using var json = JsonDocument.Parse(last.Json);
        JsonElement root = json.RootElement;
        IEnumerable<string> interpreters = root.GetProperty("interpreters").EnumerateArray()
            .Select(name => run.Short(name.GetString())!)
            .Select(name => name.StartsWith('/') ? "-" : name.TrimStart('.', '/'));
        return string.Join(' ', [run.Short(root.GetProperty("executable").GetString()), .. interpreters]);
    }

    private static WorkDirectory Programs()
    {
        var directory = new WorkDirectory();
        Fill(directory);
        return directory;
    }

    /// <summary>Makes two programs that do nothing, of the same size: p, as a also is, and b, whose interpreter is
    /// ld.</summary>
    private static void Fill(WorkDirectory directory)
    {
        byte[] program = File.ReadAllBytes("/bin/true");
        int at = program.AsSpan().IndexOf("/ld-linux"u8);
        int start = program.AsSpan(0, Math.Max(at, 0)).LastIndexOf((byte)0) + 1;
        int length = at < 0 ? 0 : program.AsSpan(start).IndexOf((byte)0);
        Requires.That(length > 4, "needs a /bin/true of glibc's");
        string loader = Encoding.ASCII.GetString(program, start, length);
        File.Copy(loader, directory.Path("ld"));
        Write(directory, "a", program);
        Write(directory, "p", program);
        Encoding.ASCII.GetBytes(("./" + new string('/', length - 4) + "ld")).CopyTo(program, start);
        Write(directory, "b", program);
    }

    private static void Write(WorkDirectory directory, string name, byte[] program)
    {
        File.WriteAllBytes(directory.Path(name), program);
        File.SetUnixFileMode(directory.Path(name), (UnixFileMode)0b111_101_101);
    }
}
