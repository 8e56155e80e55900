namespace Fptrace.MSBuild;

internal enum StepVerdict
{
    Skipped,
    Restored,
    Ran,
}
