using Fptrace.Model;

namespace Fptrace.Tracing;

/// <summary>An execution of which a test needs no more than that it is there.</summary>
internal static class BareExecution
{
    public static Execution Of(int id, int pid) => new()
    {
        Id = id,
        ParentId = 0,
        Pid = pid,
        StartNs = 0,
        Directory = default,
        Path = default,
        Arguments = [],
    };
}
