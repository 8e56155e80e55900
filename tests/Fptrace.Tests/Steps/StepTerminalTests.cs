using Fptrace.Model;

namespace Fptrace.Steps;

/// <summary>What of a terminal counts.</summary>
public sealed class StepTerminalTests
{
    [Theory]
    [InlineData(TerminalStreams.All, TerminalStreams.None, TerminalStreams.None, null)]
    [InlineData(TerminalStreams.All, TerminalStreams.Output, TerminalStreams.Output | TerminalStreams.Error, null)]
    [InlineData(TerminalStreams.All, TerminalStreams.Output, TerminalStreams.Input | TerminalStreams.Error,
        "stdout was a terminal, and is none now")]
    [InlineData(TerminalStreams.All, TerminalStreams.Error, TerminalStreams.None,
        "stderr was a terminal, and is none now")]
    [InlineData(TerminalStreams.None, TerminalStreams.None, TerminalStreams.Error,
        "stderr was no terminal, and is one now")]
    [InlineData(TerminalStreams.Error, TerminalStreams.None, TerminalStreams.All,
        "stdin was no terminal, and is one now")]
    public void OtherStreams_CountIfAskedOf(TerminalStreams old, TerminalStreams asked, TerminalStreams now,
        string? reason) =>
        Assert.Equal(reason, StepTerminal.Compare(Of(old, asked, null), Of(now, TerminalStreams.None, 80)));

    [Theory]
    [InlineData(null, null)]
    [InlineData(80, null)]
    [InlineData(100, "the terminal's width: 100 → 80 columns")]
    public void OtherWidth_CountsIfAskedOf(int? columns, string? reason) =>
        Assert.Equal(reason,
            StepTerminal.Compare(Of(TerminalStreams.All, TerminalStreams.All, columns),
            Of(TerminalStreams.All, TerminalStreams.None, 80)));

    private static StepTerminal? Of(TerminalStreams streams, TerminalStreams asked, int? columns) =>
        streams == TerminalStreams.None
            ? null
            : new StepTerminal { Streams = streams, Asked = asked, Columns = columns };
}
