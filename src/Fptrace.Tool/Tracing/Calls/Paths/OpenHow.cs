namespace Fptrace.Tracing.Calls.Paths;

/// <summary>How a file is opened.</summary>
/// <param name="Flags">The O_ flags, with those that the call implies.</param>
/// <param name="Mode">The permission bits for a new file.</param>
/// <param name="InRoot">Whether the directory that the path is relative to is its root, too (RESOLVE_IN_ROOT).</param>
internal readonly record struct OpenHow(int Flags, int Mode, bool InRoot);
