using Fptrace.Linux.Proc;

namespace Fptrace.Posix;

/// <summary>Who traces this process.</summary>
public static class OwnTracer
{
    /// <summary>A thread's number, or 0 for nobody, when it was first asked for.</summary>
    public static int Tid => OwnStatus.First.TracerId;
}
