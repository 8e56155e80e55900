using Fptrace.Support;

namespace Fptrace.Engine;

/// <summary>A command that freezes a cgroup of its own processes, at any moment of theirs.</summary>
public sealed class FrozenTests
{
    private const string Groups = "/sys/fs/cgroup";

    /// <summary>Whoever thaws them makes calls that must be handled first.</summary>
    [SkippableTheory]
    [AllEngines]
    public void CommandThatFreezesItsOwnProcesses_ThawsThem(string engine)
    {
        using var group = new FrozenGroup();
        using var directory = new WorkDirectory();
        TracedRun run = TracedRun.With(directory, engine, ["--probes"],
        [
            "bash", "-c",
            """
            touch go
            bash -c 'echo $$ > '$0'/cgroup.procs
                while [ -e go ]; do bash -c "for i in 1 2 3; do [ -e /etc/passwd ]; done"; done' &
            for i in $(seq 300); do
                echo $2 > $1; echo $i > made; echo $3 > $1
            done
            rm go; wait; echo thawed
            """,
            group.Path, group.State, group.Frozen, group.Thawed,
        ]).Succeeded();
        Assert.Equal("thawed\n", run.Result.Output);
    }

    /// <summary>A cgroup of our own, of version 1 or 2.</summary>
    private sealed class FrozenGroup : IDisposable
    {
        private readonly bool _isFirst = Directory.Exists(Groups + "/freezer");

        public FrozenGroup()
        {
            Path = $"{Groups}/{(_isFirst ? "freezer/" : "")}fptrace-test-{Guid.NewGuid():N}";
            State = Path + (_isFirst ? "/freezer.state" : "/cgroup.freeze");
            Requires.That(Environment.UserName == "root" && TryMake(), "needs root and the freezer of cgroups");
        }

        public string Path { get; }

        public string State { get; }

        public string Frozen => _isFirst ? "FROZEN" : "1";

        public string Thawed => _isFirst ? "THAWED" : "0";

        public void Dispose()
        {
            File.WriteAllText(State, Thawed);

            // The last process may still be on its way out.
            Wait.Until(TryRemove);
        }

        private bool TryMake()
        {
            try
            {
                Directory.CreateDirectory(Path);
                if (File.Exists(State))
                {
                    return true;
                }

                TryRemove();
                return false;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }

        private bool TryRemove()
        {
            try
            {
                Directory.Delete(Path);
                return true;
            }
            catch (IOException)
            {
                return false;
            }
        }
    }
}
