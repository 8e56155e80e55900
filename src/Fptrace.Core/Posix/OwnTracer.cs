using Fptrace.Linux.Proc;

namespace Fptrace.Posix;

/// <summary>Who traces this process.</summary>
public static class OwnTracer
{
    /// <summary>The tracer's thread ID at the first look, or 0 if nobody traced this process then.</summary>
    public static int Tid => OwnStatus.First.TracerId;
}
