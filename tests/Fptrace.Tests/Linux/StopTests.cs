using System.Reflection;
using System.Runtime.CompilerServices;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Processes;
using Fptrace.Linux.Ptracing;
using Fptrace.Support;

namespace Fptrace.Linux;

/// <summary>Who has a stop has waited for it.</summary>
public sealed class StopTests
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    [Fact]
    public void Stop_IsMadeOnlyOfWhatTheWaitTold()
    {
        ConstructorInfo made = Assert.Single(typeof(Stop).GetConstructors(Any));
        Assert.Equal([typeof(ThreadChange)],
            made.GetParameters().Select(parameter => parameter.ParameterType.GetElementType()));
        Assert.All(typeof(ThreadChange).GetConstructors(Any), constructor => Assert.True(constructor.IsPrivate));
    }

    [Theory]
    [InlineData(typeof(Stop))]
    [InlineData(typeof(NotificationStop))]
    public void Stop_CannotBeKept(Type stop) => Assert.True(stop.IsByRefLike);

    [Theory]
    [InlineData("ptrace.call(", "RunningThread.cs", "Stop.cs")]
    [InlineData("new NotificationStop(", "Listener.cs")]
    [InlineData("new ThreadChange(", "ThreadChange.cs")]
    public void Request_StandsOnlyInTheTypeThatMayMakeIt(string request, params string[] files) =>
        Assert.Equal(files, Repository.SourceFiles("src")
            .Where(file => File.ReadAllText(file).Contains(request, StringComparison.Ordinal))
            .Select(Path.GetFileName)
            .Order(StringComparer.Ordinal));

    /// <summary>This process traces itself as little as one that was killed.</summary>
    [Fact]
    public void ThreadThatVanished_IsAnOutcome()
    {
        var stop = new Stop(NewChange(Environment.ProcessId, new WaitStatus(0x7f), default));
        Assert.Null(stop.EventMessage());
        Assert.Null(stop.SignalInfo());
        Assert.Null(stop.Stack());
        Assert.Equal(RequestOutcome.Vanished, stop.GetSyscall(out _, out _));
        Assert.Equal(RequestOutcome.Vanished, stop.Resume(0));
        Assert.Equal(RequestOutcome.Vanished, stop.ResumeToSyscall(0));
        Assert.Equal(RequestOutcome.Vanished, stop.Listen());
        Assert.Equal(RequestOutcome.Vanished, RunningThread.Interrupt(Environment.ProcessId));
    }

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern ThreadChange NewChange(int tid, WaitStatus status, in rusage usage);
}
