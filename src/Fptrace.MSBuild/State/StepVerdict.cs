namespace Fptrace.MSBuild.State;

internal enum StepVerdict
{
    Skipped,
    Restored,
    Ran,
}
