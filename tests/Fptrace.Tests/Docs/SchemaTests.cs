using System.Reflection;
using Fptrace.Engine;
using Fptrace.Linux.Headers;
using Fptrace.Manifests;
using Fptrace.Model;
using Fptrace.Output;
using Fptrace.Steps;
using Fptrace.Support;

namespace Fptrace.Docs;

/// <summary>docs/*.schema.json say what the tool writes, and docs/trace.md names each field.</summary>
public sealed class SchemaTests : IDisposable
{
    // Every kind of access, a script, a signal, a failure, an execve without a fork, a name that is no UTF-8.
    private const string Works =
        """
        ls . > listed; echo a > a; echo b >> a; mkdir d; ln -s a l; ln a h; mv a d/b; chmod 600 d/b; rm l; : <> h; test -e none
        cat h | sed s/a/b/ > "$(printf 'x\377')"; echo '#!/bin/sh' > script; chmod +x script; ./script; sh -c 'kill -9 $$'; sh -c 'exec false'; exec true
        """;

    private readonly WorkDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [SkippableTheory]
    [InlineData("")]
    [InlineData("-e --probes")]
    public void Trace_IsAsItsSchemaSays(string options)
    {
        TracedRun run = TracedRun.With(_directory, "auto", options.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            ["sh", "-c", Works]).Succeeded();
        Assert.Contains(run.Trace.Accesses, access => access.Kind == "rename-to");
        Assert.Empty(new Schema("trace").Violations(Written("trace.json")));
        Assert.Empty(new Schema("deps").Violations(Written("deps.json")));
    }

    [SkippableFact]
    public void Trace_OfACommandThatUsesTheNetwork_IsAsItsSchemaSays()
    {
        Requires.Program("python3");
        TracedRun run = TracedRun.Of(_directory, "auto", "python3", "-c",
            "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('192.0.2.1', 9))");
        Assert.Contains("\"network\"", Written("trace.json"), StringComparison.Ordinal);
        Assert.Empty(new Schema("trace").Violations(Written("trace.json")));
        Assert.NotNull(run);
    }

    [SkippableFact]
    public void Trace_OfAnArmedProcess_IsAsItsSchemaSays()
    {
        Requires.That(PerMachine.IsX64, "the engine fast is for x86-64");
        TracedRun run = TracedRun.Of(_directory, "fast", "dd", "if=/dev/zero", "of=made", "bs=1", "count=3000");
        Assert.Contains("\"armed\":true", Written("trace.json"), StringComparison.Ordinal);
        Assert.Empty(new Schema("trace").Violations(Written("trace.json")));
        Assert.True(run.Trace.IsComplete, run.Trace.Verdict);
    }

    [SkippableFact]
    public void CheckAndExplain_AreAsTheirSchemaSays()
    {
        _directory.Write("a", "1");
        foreach (string name in (string[])["one", "two"])
        {
            CommandResult run = Run("run", "-q", "--", "sh", "-c", $"cat a > {name}");
            Requires.That(run.ExitCode != ExitCodes.TracingDenied, $"needs tracing: {run.Error}");
        }

        string[] manifests = Directory.GetFiles(_directory.Path(".fptrace"), "*.json");
        Conform(0, "check", "--json", manifests[0]);
        Conform(0, "explain", "--json", manifests[0]);
        _directory.Write("a", "2");
        Conform(1, ["check", "--json", .. manifests]);
        Conform(1, ["explain", "--json", .. manifests]);
        Conform(1, "explain", "--json", "missing.json");
        Conform(1, "explain", "--json", ".fptrace");
        Conform(1, "check", "--json", "--", "sh", "-c", "cat a > one");
        Conform(1, "explain", "--json", "--", "sh", "-c", "never run");

        // Every sort of reason: an output, a listing, what was absent, a variable, a damaged file.
        Run("run", "-q", "--", "sh", "-c", "ls . > names; test -e none; cat a > out; rm -f gone");
        string known = Directory.GetFiles(_directory.Path(".fptrace"), "*.json").Except(manifests).Single();
        _directory.Write("none", "");
        _directory.Write("out", "another");
        Conform(1, "explain", "--json", known);
        CommandResult elsewhere = CommandRunner.Run(_directory.Work,
            ["env", "FOO=1", .. FptraceExecutable.Command, "explain", "--json", known]);
        Assert.Contains("FOO is now set", elsewhere.Output, StringComparison.Ordinal);
        Assert.Empty(new Schema("check").Violations(elsewhere.Output));
        File.WriteAllText(known, "{");
        Conform(1, "check", "--json", known);
    }

    [SkippableFact]
    public void List_IsAsItsSchemaSays()
    {
        _directory.Write("a", "1");
        CommandResult run = Run("run", "-q", "--", "cat", "a");
        Requires.That(run.ExitCode != ExitCodes.TracingDenied, $"needs tracing: {run.Error}");
        Assert.Contains("\"reason\": null", Listed(), StringComparison.Ordinal);
        _directory.Write("a", "2");
        Assert.Contains("input changed", Listed(), StringComparison.Ordinal);

        string Listed()
        {
            string written = Run("list", "--json").Output;
            Assert.Empty(new Schema("list").Violations(written));
            return written;
        }
    }

    [Theory]
    [InlineData("trace", """{"schema":"fptrace-trace/2"}""")]
    [InlineData("trace", """[]""")]
    [InlineData("deps", """[{"Cmd":{"Parent":0,"ID":1,"Exit":0,"Dir":"/","Path":"/x","Args":[]},"Inputs":[],"Outputs":[],"FDs":{}}]""")]
    [InlineData("deps", """[{"Inputs":[],"Outputs":[],"FDs":{}}]""")]
    [InlineData("check", """{"manifest":"a","upToDate":true}""")]
    [InlineData("check", """{"manifest":"a","upToDate":true,"reason":null,"more":1}""")]
    [InlineData("list", """[{"manifest":"a","upToDate":true,"reason":null}]""")]
    public void AnotherDocument_Violates(string schema, string document) =>
        Assert.NotEmpty(new Schema(schema).Violations(document));

    [Fact]
    public void Words_AreThoseOfTheCode()
    {
        Assert.Equal(Enum.GetValues<AccessKind>().Select(AccessWords.Of).Order(),
            new Schema("trace").Words("$defs", "kind").Order());
        Assert.Equal(
            Enum.GetValues<FileType>().Select(AccessWords.Of).OfType<string>().Order(),
            new Schema("trace").Words("$defs", "type").Order());
        Assert.Equal(
            typeof(IncompleteReason).GetFields(BindingFlags.Public | BindingFlags.Static)
                .Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!).Order(),
            new Schema("trace").Words("properties", "kind").Order());
        Assert.Equal(Enum.GetValues<DifferenceKind>().Select(kind => kind.Name()).Order(),
            new Schema("check").Words("$defs", "kind").Order());
    }

    [Fact]
    public void TracePage_NamesEachFieldAndWord()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs/trace.md"));
        var schema = new Schema("trace");
        Assert.All(
            [.. schema.Properties(), .. schema.Words("$defs", "kind"), .. schema.Words("$defs", "type"),
                .. schema.Words("properties", "engine")],
            word => Assert.Contains($"`{word}`", page, StringComparison.Ordinal));
    }

    [Fact]
    public void DepsFields_StandInReadme()
    {
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        Assert.All(new Schema("deps").Properties(),
            name => Assert.True(readme.Contains($"`{name}`", StringComparison.Ordinal) || name == "Cmd", name));
    }

    private void Conform(int exitCode, params string[] arguments)
    {
        CommandResult result = Run(arguments);
        Assert.Equal((exitCode, ""), (result.ExitCode, result.Error));
        Assert.Empty(new Schema("check").Violations(result.Output));
    }

    private CommandResult Run(params string[] arguments) =>
        CommandRunner.Run(_directory.Work, [.. FptraceExecutable.Command, .. arguments]);

    private string Written(string name) => File.ReadAllText(Path.Combine(_directory.Results, name));
}
