using Fptrace.Model;
using Fptrace.Output;
using static Fptrace.Tests.Output.Sample;

namespace Fptrace.Tests.Output;

public sealed class EventTextOutputTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Events_AreOneALine()
    {
        Execution execution = Execution(1, 0, "/bin/sh", ["sh", "-c", "cp a\nb"], directory: "/a dir");
        string text = Write(output =>
        {
            output.Started(execution);
            output.Accessed(execution, Access(AccessKind.Write, "/a") with { Truncates = true });
            foreach (Access access in Rename("/a", "/b\u00ff"))
            {
                output.Accessed(execution, access);
            }

            output.Accessed(execution, Access(AccessKind.Symlink, "/l", "target"));
            output.Exited(execution, 101, 1, 3);
            output.Exited(execution, 102, 1, -9);
            output.Ended(execution);
        });

        Assert.Equal(
            """
            1 101 exec /bin/sh ["sh","-c","cp a\nb"] in "/a dir" from 0
            1 - write /a truncated
            1 - rename-from /a -> "/b\xff"
            1 - rename-to "/b\xff" <- /a
            1 - symlink /l -> target
            1 101 exit 3
            1 102 killed 9
            1 - end

            """,
            text);
    }

    [Theory]
    [InlineData("/plain-é", "/plain-é")]
    [InlineData("", "\"\"")]
    [InlineData("a b", "\"a b\"")]
    [InlineData("it's", "\"it's\"")]
    [InlineData("\"\\", "\"\\\"\\\\\"")]
    [InlineData("\n\r\t\u0001\u007f", "\"\\n\\r\\t\\x01\\x7f\"")]
    [InlineData("\u2028\u202e", "\"\\xe2\\x80\\xa8\\xe2\\x80\\xae\"")]
    public void Name_IsQuotedWhenItMust(string name, string expected) =>
        Assert.Equal(expected, System.Text.Encoding.UTF8.GetString(new TextLine().Name(Name(name)).Bytes));

    [Fact]
    public void EveryKind_HasAWord() =>
        Assert.Equal(
            Enum.GetValues<AccessKind>().Length,
            Enum.GetValues<AccessKind>().Select(AccessWords.Of).Distinct(StringComparer.Ordinal).Count());

    private string Write(Action<EventTextOutput> events)
    {
        string path = _directory.File("events");
        using var output = new EventTextOutput(new OutputFile(path));
        events(output);
        output.Complete(Summary());
        return File.ReadAllText(path);
    }
}
