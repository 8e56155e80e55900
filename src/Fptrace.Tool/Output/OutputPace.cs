namespace Fptrace.Output;

/// <summary>When an output is written that goes to a pipe, a device or a descriptor.</summary>
internal enum OutputPace
{
    /// <summary>All of it after the command has ended.</summary>
    AtEnd,

    /// <summary>Each part as it comes.</summary>
    AtOnce,
}
