using System.Net.Sockets;
using Fptrace.Support;
using static Fptrace.Engine.VerdictRun;

namespace Fptrace.Engine;

/// <summary>Who talks to somebody outside of the command, or waits for that, depends on more than files.</summary>
public sealed class SocketVerdictTests
{
    [SkippableTheory]
    [AllEngines("connect")]
    [AllEngines("bind")]
    [AllEngines("sendto")]
    [AllEngines("sendmsg")]
    [AllEngines("sendmmsg")]
    [AllEngines("wait-for-datagram")]
    public void Network_IsAReasonOfItsOwnAndLosesNoFile(string engine, string what) =>
        AssertReasons(engine, what, "network");

    [SkippableTheory]
    [AllEngines("own-server")]
    [AllEngines("own-ipv4")]
    [AllEngines("connect", "network")]
    [AllEngines("sendto", "network")]
    [AllEngines("sendmmsg", "network")]
    [AllEngines("socketcall", "network")]
    public void SocketsOf32Bits_AreTheSame(string engine, string what, params string[] kinds)
    {
        using var directory = new WorkDirectory();
        string program = TestPrograms.Path("verdict", bits: 32);
        Skip.If(CommandRunner.Run(directory.Work, [program, what]).ExitCode is TestProgram.Unsupported or 126,
            "needs programs of 32 bits");
        directory.Clear();
        Assert.Equal(kinds, Reasons(TracedRun.Of(directory, engine, program, what).Succeeded()));
    }

    [SkippableTheory]
    [AllEngines("./server")]
    [AllEngines("@fptrace-test-")]
    public void ServerOutside_IsAReason(string engine, string name)
    {
        using var directory = new WorkDirectory();
        name = name[0] == '@' ? name + Path.GetRandomFileName() : name;
        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        server.Bind(new UnixDomainSocketEndPoint(name[0] == '@' ? "\0" + name[1..] : directory.Path(name)));
        server.Listen();
        TracedRun run = AssertReasons(directory, engine, name, [], "local-server");
        Assert.Contains(name[0] == '@' ? name : directory.Path("server"), run.Trace.Verdict, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [AllEngines]
    public void SocketFileWithoutServer_IsNone(string engine)
    {
        using var directory = new WorkDirectory();
        string path = directory.Path("stale");
        using (var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            server.Bind(new UnixDomainSocketEndPoint(path));
            File.Move(path, path + ".kept");
        }

        File.Move(path + ".kept", path);
        AssertReasons(directory, engine, "stale", []);
    }

    [SkippableTheory]
    [AllEngines]
    public async Task ClientOutside_IsNetwork(string engine)
    {
        using var directory = new WorkDirectory();
        Task client = Task.Run(() =>
        {
            string port = directory.Path("port");
            Assert.True(Wait.Until(() => File.Exists(port)));
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(System.Net.IPAddress.Loopback,
                int.Parse(File.ReadAllText(port), System.Globalization.CultureInfo.InvariantCulture));
        });
        TracedRun run = AssertReasons(directory, engine, "wait-for-client", [], "network");
        await client;
        Assert.Contains("it took a connection from outside of the command", run.Trace.Verdict,
            StringComparison.Ordinal);
    }

    [SkippableTheory]
    [AllEngines("wait-for-unix-client", SocketType.Stream, @"process \d+ connected to its unix socket")]
    [AllEngines("wait-for-unix-datagram", SocketType.Dgram,
        "its socket [^ ]+/meeting waits for datagrams, which it does not send itself")]
    public async Task SomebodyOutsideAtItsUnixSocket_IsAReason(string engine, string what, SocketType type,
        string detail)
    {
        using var directory = new WorkDirectory();
        Task client = Task.Run(() =>
        {
            using var socket = new Socket(AddressFamily.Unix, type, ProtocolType.Unspecified);
            Assert.True(Wait.Until(() => TryConnect(socket, directory.Path("meeting"))));
            socket.Send("x"u8);
        });
        TracedRun run = AssertReasons(directory, engine, what, [], "outsider");
        await client;
        Assert.Matches(detail, run.Trace.Verdict);
    }

    [SkippableTheory]
    [AllEngines("own-server", "1 create server")]
    [AllEngines("harmless", "1 absent missing")]
    public void SocketFile_IsCreatedOrAbsent(string engine, string what, string access)
    {
        using var directory = new WorkDirectory();
        TracedRun run = AssertReasons(directory, engine, what, ["--probes"]);
        Assert.Equal([access], run.OwnAccesses);
    }

    // It may stand there before it listens.
    private static bool TryConnect(Socket socket, string path)
    {
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
