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
    [AllEngines("dotnet", "mkdir app && printf '<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>' > app/app.csproj && echo 'System.Console.WriteLine(1);' > app/Program.cs && export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 && dotnet build app -nodeReuse:false -p:UseSharedCompilation=false")]
    [AllEngines("npm", "mkdir home lib && export HOME=$PWD/home npm_config_cache=$PWD/cache npm_config_update_notifier=false npm_config_audit=false npm_config_fund=false npm_config_offline=true && echo '{\"name\":\"lib\",\"version\":\"1.0.0\",\"scripts\":{\"prepare\":\"node -e 1\"}}' > lib/package.json && echo 'module.exports = 1' > lib/index.js && echo '{\"name\":\"app\",\"version\":\"1.0.0\",\"scripts\":{\"build\":\"node build.js && gcc -c x.c\"},\"dependencies\":{\"lib\":\"file:lib-1.0.0.tgz\"}}' > package.json && echo 'require(\"fs\").writeFileSync(\"out\", String(require(\"lib\")))' > build.js && echo 'int x;' > x.c && npm pack ./lib && npm install && npm run build && npm ls")]
    public void Command_HasInEachExecutionWhatStraceSees(string engine, string program, string script)
    {
        // Minutes on a small machine, and another version of each does other things: docs/benchmarks.md has what came of them.
        Skip.If(program is "dotnet" or "npm" && Environment.GetEnvironmentVariable("FPTRACE_WITNESS") != "all", "FPTRACE_WITNESS=all runs it");
        foreach (string needed in (string[])["python3", "strace", "gcc", "make", "git", "tar"])
        {
            Requires.Program(needed);
        }

        // Too large to be installed for one test.
        Skip.If(program is "node" or "npm" && !Requires.InPath(program), $"needs the program {program} in PATH");

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
