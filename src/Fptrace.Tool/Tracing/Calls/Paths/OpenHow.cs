namespace Fptrace.Tracing.Calls.Paths;

/// <summary>How a file is opened.</summary>
/// <param name="Flags">O_ flags, those included that the call implies.</param>
/// <param name="Mode">Permission bits for a new file.</param>
/// <param name="InRoot">The directory that the path is relative to is its root, too (RESOLVE_IN_ROOT).</param>
internal readonly record struct OpenHow(int Flags, int Mode, bool InRoot);
