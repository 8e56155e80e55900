namespace Fptrace.Tracing.Proc;

/// <summary>Which way bytes go through a descriptor.</summary>
internal enum Direction
{
    Read,
    Write,
}
