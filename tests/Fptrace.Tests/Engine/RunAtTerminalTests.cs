using Fptrace.Manifests;
using Fptrace.Manifests.Format;
using Fptrace.Model;

namespace Fptrace.Engine;

/// <summary><c>fptrace run</c> at a terminal: what the command prints is kept as it was written, and what it asks and
/// reads there counts.</summary>
/// <remarks>That it behaves as untraced is for <see cref="TerminalTests"/>. T is <c>fptrace run</c> with a
/// manifest.</remarks>
public sealed class RunAtTerminalTests : IDisposable
{
    private const string Red = "printf '\\033[31mred\\033[0m\\n'";

    private readonly WorkDirectory _directory = new();

    private string Manifest => Path.Combine(_directory.Results, "step.json");

    public void Dispose() => _directory.Dispose();

    [SkippableTheory]
    [AllEngines]
    public void Command_HasTheTerminalAndIsPrintedAgain(string engine)
    {
        TracedRun.RequireEngine(_directory, engine);
        const string Command =
            "test -t 0 && test -t 1 && test -t 2 && echo all; echo error >&2; { echo moved; } 3>&2 2>&1 >&3; echo last";
        string first = Show($"$T --engine {engine} -- sh -c '{Command}'");
        Assert.Equal("all\r\nerror\r\nmoved\r\nlast\r\n", Plain(first));
        Assert.Equal(
            [(false, "all\n"), (true, "error\nmoved\n"), (false, "last\n")],
            Recorded().Printed.Select(chunk => (chunk.IsError, System.Text.Encoding.UTF8.GetString(chunk.Bytes.Span))));
        string second = Show($"$T --engine {engine} -- sh -c '{Command}'");
        Assert.Contains("up to date, not run", second, StringComparison.Ordinal);
        Assert.Equal(Plain(first), Plain(second));
    }

    [SkippableFact]
    public void StreamThatWasNotAskedOf_IsPrintedElsewhereWithoutEscapeCodes()
    {
        Assert.Contains("\x1b[31mred\x1b[0m\r\n", Show($"$T -- sh -c \"{Red}\""), StringComparison.Ordinal);
        Assert.Contains("\x1b[31mred\x1b[0m\r\n", Show($"$T -- sh -c \"{Red}\""), StringComparison.Ordinal);
        string elsewhere = Show($"$T -- sh -c \"{Red}\" < /dev/null 2> error | cat; cat error");
        Assert.Contains("up to date, not run", elsewhere, StringComparison.Ordinal);
        Assert.Equal("red\r\n", Plain(elsewhere));
    }

    [SkippableFact]
    public void StreamThatWasAskedOf_CountsWhereItIsNoTerminal()
    {
        const string Command = "if test -t 1; then echo terminal > out; else echo none > out; fi";
        Show($"$T -- sh -c '{Command}'");
        Assert.Equal("terminal\n", File.ReadAllText(_directory.Path("out")));
        Assert.Contains("up to date, not run", Show($"$T -- sh -c '{Command}'"), StringComparison.Ordinal);
        CommandResult elsewhere = CommandRunner.Run(_directory.Work, [.. Words(), "--", "sh", "-c", Command]);
        Assert.Contains("fptrace: run: stdout was a terminal, and is none now", elsewhere.Error,
            StringComparison.Ordinal);
        Assert.Equal("none\n", File.ReadAllText(_directory.Path("out")));
        Assert.Contains("fptrace: run: stdin was no terminal, and is one now", Show($"$T -- sh -c '{Command}'"),
            StringComparison.Ordinal);
        Assert.Contains("none\n",
            Show($"$T --no-terminal -- sh -c '{Command}'; cat out").Replace("\r", "", StringComparison.Ordinal),
            StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Width_CountsIfTheCommandAsked()
    {
        Assert.Contains("24 90", Show("stty cols 90; $T -- stty size"), StringComparison.Ordinal);
        Assert.Contains("up to date, not run", Show("stty cols 90; $T -- stty size"), StringComparison.Ordinal);
        Assert.Contains("fptrace: run: the terminal's width: 90 → 70 columns",
            FromLatin(Show("stty cols 70; $T -- stty size")), StringComparison.Ordinal);
        Assert.Contains("fptrace: run", Show("stty cols 70; $T -- echo 1"), StringComparison.Ordinal);
        Assert.Contains("up to date, not run", Show("stty cols 90; $T -- echo 1"), StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("read x; echo got $x")]
    [InlineData("read x < /dev/tty; echo got $x")]
    [InlineData("x=$(head -n 1 /dev/tty); echo got $x")]
    [InlineData("exec 3<&0 < /dev/null; x=$(head -n 1 /dev/fd/3); echo got $x")]
    public void CommandThatReadsWhatIsTyped_RunsAgain(string command)
    {
        using Terminal terminal = Terminal.Start(_directory, Words(),
            ["sh", "-c", $"$T -- sh -c 'echo going; {command}'"]);
        terminal.Await("going\r\n");
        terminal.Type("words\n");
        terminal.Await("got words", "fptrace: it will run again: it read what was typed at the terminal");
        Assert.Equal(0, terminal.Finish());
    }

    [SkippableFact]
    public void WhatIsTypedAheadForTheShell_DoesNotCount()
    {
        using Terminal terminal = Terminal.Start(_directory, Words(),
            ["sh", "-c", "$T -- sh -c 'echo going; until test -e go; do sleep 0.05; done' && read x && echo got $x"]);
        terminal.Await("going\r\n");
        terminal.Type("words\n");
        File.WriteAllText(_directory.Path("go"), "");
        terminal.Await("got words");
        Assert.Equal(0, terminal.Finish());
        Assert.DoesNotContain("it read what was typed", terminal.Shown, StringComparison.Ordinal);
    }

    /// <summary>As node does, which makes its own copy not wait.</summary>
    [SkippableFact]
    public void TerminalOpenedByItsName_IsPrintedAgain()
    {
        const string Command =
            "echo plain; echo named > $(readlink /proc/self/fd/2); echo tty > /dev/tty; exec 5> /dev/stderr; echo "
                + "five >&5";
        Show($"$T -- sh -c '{Command}'");
        Assert.Equal("plain\r\nnamed\r\ntty\r\nfive\r\n", Plain(Show($"$T -- sh -c '{Command}'")));
        Assert.Contains(Recorded().Printed, chunk => chunk.IsBoth);
    }

    [SkippableFact]
    public void OnlyStderrIsATerminal_BothAreKept()
    {
        const string Command = "echo out; test -t 2 && echo error >&2";
        Assert.Equal("error\r\n", Plain(Show($"$T -- sh -c '{Command}' > text")));
        Assert.Equal("error\r\n", Plain(Show($"$T -- sh -c '{Command}' > text")));
        Assert.Equal("out\n", File.ReadAllText(_directory.Path("text")));
        Assert.Equal(TerminalStreams.Input | TerminalStreams.Error, Recorded().Step.Terminal!.Streams);
    }

    /// <summary>Two manifests: what is done in turns at a terminal and elsewhere is up to date at both.</summary>
    [SkippableFact]
    public void TerminalAndPipe_AreTwoSteps()
    {
        const string Command = "test -t 1 && echo terminal || echo none";
        const string Both = $"$T -- sh -c '{Command}'; $T -- sh -c '{Command}' | cat";
        string[] own = [.. FptraceExecutable.Command, "run", "--root", _directory.Work];
        Show(Both, own);
        string again = Show(Both, own);
        Assert.Equal(2, again.Split("up to date, not run").Length - 1);
        Assert.Equal("terminal\r\nnone\r\n", Plain(again));
    }

    /// <summary>A file of a terabyte without content takes minutes to read: that shows while it goes on, and Ctrl-C
    /// ends it.</summary>
    [SkippableTheory]
    [InlineData("")]
    [InlineData("--cache=store")]
    public void LongReading_ShowsHowFarItIs_UntilCtrlC(string cache)
    {
        const string Command = "head -c 1 big > /dev/null; echo end";
        TracedRun.RequireEngine(_directory, "notify");
        if (cache.Length > 0)
        {
            // The cache knows a run of it, and asks what the file holds now.
            _directory.Write("big", "small");
            Show($"$T {cache} -- sh -c '{Command}'");
        }

        using (FileStream big = File.Create(_directory.Path("big")))
        {
            big.SetLength(1L << 40);
        }

        using Terminal terminal = Terminal.Start(_directory, Words(), ["sh", "-c", $"$T {cache} -- sh -c '{Command}'"]);
        terminal.Await(cache.Length > 0
            ? "fptrace: looks into the cache and restores: "
            : "fptrace: reads what the command used and made: ", "B so far, ");
        terminal.Type(Terminal.CtrlC);
        Assert.NotEqual(0, terminal.Finish());
        Assert.Equal(cache.Length == 0, terminal.Shown.Contains("end\r\n", StringComparison.Ordinal));
    }

    private static string Plain(string shown) =>
        string.Concat(shown.Split("\r\n").Where(line => line.Length > 0
            && !line.StartsWith("fptrace: ", StringComparison.Ordinal)).Select(line => line + "\r\n"));

    private static string FromLatin(string text) =>
        System.Text.Encoding.UTF8.GetString(System.Text.Encoding.Latin1.GetBytes(text));

    private Manifest Recorded() => ManifestFile.Load(Manifest).Manifest!;

    private string[] Words() =>
        [.. FptraceExecutable.Command, "run", "--root", _directory.Work, "--manifest", Manifest];

    private string Show(string script, string[]? words = null)
    {
        TracedRun.RequireEngine(_directory, "notify");
        using Terminal terminal = Terminal.Start(_directory, words ?? Words(), ["sh", "-c", script]);
        Assert.Equal(0, terminal.Finish());
        return terminal.Shown;
    }
}
