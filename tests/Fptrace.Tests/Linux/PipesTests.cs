using System.Runtime.InteropServices;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Support;

namespace Fptrace.Linux;

public sealed class PipesTests
{
    private const int Signals = 50;

    private static int Tgkill => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 234 : 131;

    private static int Gettid => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 186 : 178;

    /// <summary>A tracer that took a signal for the end of its proxy would end itself.</summary>
    [Fact]
    public void WaitForHangUp_GoesOnAfterASignal()
    {
        Assert.Equal(0, Pipes.Create(out int reader, out int writer));
        using var caught = new SemaphoreSlim(0);
        using var handler = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => caught.Release());
        int tid = 0;
        var thread = new Thread(() =>
        {
            Volatile.Write(ref tid, (int)libc.syscall(Gettid, 0, 0, 0, 0, 0));
            Pipes.WaitForHangUp(reader);
        });
        thread.Start();
        Assert.True(Wait.Until(() => Volatile.Read(ref tid) != 0
            && File.ReadAllText($"/proc/self/task/{tid}/stat").Contains(") S ", StringComparison.Ordinal)));
        for (int i = 0; i < Signals; i++)
        {
            Assert.Equal(0, libc.syscall(Tgkill, Environment.ProcessId, tid, signal.SIGWINCH, 0, 0));
            caught.Wait();
        }

        Assert.True(thread.IsAlive);
        Files.Close(writer);
        Assert.True(thread.Join(60_000));
        Files.Close(reader);
    }
}
