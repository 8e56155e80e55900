using System.Text.Json;
using Fptrace.Model;
using Fptrace.Output;
using static Fptrace.Tests.Output.Sample;

namespace Fptrace.Tests.Output;

public sealed class DepsJsonOutputTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void NoExecution_IsAnEmptyArray() => Assert.Equal("[]\n", Write(false, []));

    [Fact]
    public void Executions_AreOneALineInTheOrderOfKeysOfTheOriginal()
    {
        Execution shell = Execution(1, 0, "/bin/sh", ["sh", "-c", "echo 'a' > b"])
            .With(Access(AccessKind.Read, "/lib/x&<y"), Access(AccessKind.Create, "/tmp/b"));
        shell.NextId = 2;
        Execution last = Execution(2, 1, "/bin/false", ["false"], environment: ["A=1", "odd"]);
        last.ExitCode = -9;

        Assert.Equal(
            """
            [
            {"Cmd":{"Parent":0,"ID":1,"Exec":2,"Dir":"/tmp","Path":"/bin/sh","Args":["sh","-c","echo 'a' > b"]},"Inputs":["/lib/x&<y"],"Outputs":["/tmp/b"],"FDs":{}},
            {"Cmd":{"Parent":1,"ID":2,"Exit":-9,"Dir":"/tmp","Path":"/bin/false","Args":["false"],"Env":["A=1","odd"]},"Inputs":[],"Outputs":[],"FDs":{}}
            ]

            """,
            Write(false, [], shell, last));
    }

    [Fact]
    public void Descriptors_AreAnObject()
    {
        var execution = new Execution
        {
            Id = 1, ParentId = 0, Pid = 1, StartNs = 0, Directory = Name("/"), Path = Name("/x"), Arguments = [],
            ExitCode = 0,
            Descriptors = [new(0, Name("/dev/stdin")), new(10, Name("/dev/fptrace/pipe/1"))],
        };

        string text = Write(false, [], execution);
        Assert.Contains("""FDs":{"0":"/dev/stdin","10":"/dev/fptrace/pipe/1"}""", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Exit", text, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryByte_SurvivesJson()
    {
        var name = new ByteString([.. Enumerable.Range(1, 255).Select(b => (byte)b)]);
        var execution = new Execution
        {
            Id = 1, ParentId = 0, Pid = 1, StartNs = 0, Directory = Name("/"), Path = name, Arguments = [name, default],
            Environment = [name],
        };

        using var json = JsonDocument.Parse(Write(false, [], execution));
        JsonElement command = json.RootElement[0].GetProperty("Cmd");
        Assert.Equal(name, ByteString.Parse(command.GetProperty("Path").GetString()!));
        Assert.Equal(name, ByteString.Parse(command.GetProperty("Args")[0].GetString()!));
        Assert.Equal("", command.GetProperty("Args")[1].GetString());
        Assert.Equal(name, ByteString.Parse(command.GetProperty("Env")[0].GetString()!));
    }

    [Theory]
    [InlineData(false, "", "1 2 3 4")]
    [InlineData(true, "", "3 4")]
    [InlineData(false, "cat", "1")]
    [InlineData(false, "/bin/cat", "1")]
    [InlineData(false, "bin/cat", "")]
    [InlineData(true, "cat", "1 3 4")]
    [InlineData(false, "cat tee", "1 3")]
    public void Filter_KeepsWhatWasAskedFor(bool withOutputs, string names, string kept)
    {
        string text = Write(
            withOutputs,
            names.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Execution(1, 0, "/bin/cat", ["cat"]),
            Execution(2, 0, "/bin/tty", ["tty"]).With(Access(AccessKind.Write, "/dev/tty")),
            Execution(3, 0, "/bin/tee", ["tee"]).With(Access(AccessKind.Create, "/a")),
            Execution(4, 0, "/bin/ed", ["ed"])
                .With(Access(AccessKind.Write, "/dev/tty"), Access(AccessKind.Create, "/b")));

        using var json = JsonDocument.Parse(text);
        Assert.Equal(kept,
            string.Join(' ',
            json.RootElement.EnumerateArray().Select(e => e.GetProperty("Cmd").GetProperty("ID").GetInt32())));
    }

    private string Write(bool withOutputs, string[] names, params Execution[] executions)
    {
        string path = _directory.File("deps.json");
        using var output = new DepsJsonOutput(new OutputFile(path), withOutputs, names);
        foreach (Execution execution in executions)
        {
            output.Started(execution);
            output.Ended(execution);
        }

        output.Complete(Summary());
        return File.ReadAllText(path);
    }
}
