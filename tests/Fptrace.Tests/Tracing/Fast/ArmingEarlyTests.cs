using Fptrace.Model;

namespace Fptrace.Tracing.Fast;

/// <summary>Later processes profit from earlier ones: which programs ask a lot, and where their calls are.</summary>
public sealed class ArmingEarlyTests
{
    private static readonly ByteString s_program = ByteString.Parse("/bin/cc");

    [Fact]
    public void ProgramThatAskedALot_IsExpectedToDoSo()
    {
        var history = new ProgramHistory();
        Assert.False(history.Asks(s_program));
        history.AskedALot(s_program);
        Assert.True(history.Asks(s_program));
        Assert.False(history.Asks(ByteString.Parse("/bin/true")));
    }

    [Fact]
    public void ProgramThatNowAsksLittle_IsNoLongerExpectedToAsk()
    {
        var history = new ProgramHistory();
        history.Asks(s_program);
        history.AskedALot(s_program);
        int expected = Enumerable.Range(0, 100).Count(_ => history.Asks(s_program));
        Assert.InRange(expected, 1, 10);
    }

    [Fact]
    public void CallsOfOneProcess_AreLookedForAtTheSameDistanceInTheNext()
    {
        var nearby = new NearbySites();
        nearby.Add((257, 0x7f11_2233_4010), (21, 0x7f11_2233_5120));
        nearby.Add((257, 0x7f11_2233_4010), (89, 0x7f22_0000_0000));
        Assert.Equal([(21, 0x7f99_8877_7120)], nearby.Around(257, 0x7f99_8877_6010));
        Assert.Equal([(257, 0x7f99_8877_6010)], nearby.Around(21, 0x7f99_8877_7120));
        Assert.Empty(nearby.Around(257, 0x7f99_8877_6011));
        Assert.Empty(nearby.Around(262, 0x7f99_8877_6010));
    }
}
