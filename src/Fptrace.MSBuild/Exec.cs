namespace Fptrace.MSBuild;

[Microsoft.Build.Framework.MSBuildMultiThreadableTask]
public sealed class Exec : TracedExec
{
}
