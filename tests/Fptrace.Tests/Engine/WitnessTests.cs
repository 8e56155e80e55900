using Fptrace.Support;

namespace Fptrace.Engine;

/// <summary>Each execution of a real command has the opens, renames, removals and the like that strace saw: none missing, none invented.</summary>
/// <remarks>build/witness compares; its rules stand there with their reasons.</remarks>
public sealed class WitnessTests
{
    [SkippableTheory]
    [AllEngines("make", "make")]
    [AllEngines("python3", "python3 -c 'import json, os, tempfile; f = tempfile.mkdtemp(dir=\".\"); open(f + \"/a\", \"w\").write(json.dumps(1)); os.rename(f + \"/a\", f + \"/b\"); os.remove(f + \"/b\"); os.rmdir(f)'")]
    [AllEngines("git", "export GIT_AUTHOR_DATE='@1 +0000' GIT_COMMITTER_DATE='@1 +0000'; git init -q . && git add . && git -c user.name=a -c user.email=a@b -c commit.gpgsign=false commit -qm one && git gc -q && git checkout -q -b other && git rm -q words.c")]
    [AllEngines("tar", "tar czf all.tar.gz *.c && mkdir out && tar xzf all.tar.gz -C out && mv out in && ln -s in link && cp -a link/. copy && rm -r in")]
    [AllEngines("node", "node -e 'const fs = require(\"fs\"); fs.mkdirSync(\"d\"); fs.writeFileSync(\"d/a\", \"a\"); fs.renameSync(\"d/a\", \"d/b\"); fs.rmSync(\"d\", {recursive: true}); require(\"child_process\").execFileSync(\"gcc\", [\"-xc\", \"-c\", \"/dev/null\", \"-o\", \"null.o\"])'")]
    public void Command_HasInEachExecutionWhatStraceSees(string engine, string program, string script)
    {
        foreach (string needed in (string[])["python3", "strace", "gcc", "make", "git", "tar"])
        {
            Requires.Program(needed);
        }

        // Too large to be installed for one test.
        Skip.If(program == "node" && !Requires.InPath("node"), "needs the program node in PATH");

        CommandResult compared = CommandRunner.Run(
            Repository.Root,
            [
                "python3", Path.Combine(Repository.Root, "build", "witness"),
                "--fptrace", string.Join(' ', FptraceExecutable.Command),
                "--tree", Path.Combine(TestProgram.Folder, "project"),
                "--engine", engine,
                "--", "sh", "-ec", script,
            ]);
        Requires.That(!compared.Error.Contains("cannot be had", StringComparison.Ordinal), $"needs the engine {engine}: {compared.Error}");
        Assert.True(compared.ExitCode == 0, compared.Output + compared.Error);
    }
}
