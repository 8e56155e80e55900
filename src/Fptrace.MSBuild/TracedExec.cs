using Microsoft.Build.Framework;

namespace Fptrace.MSBuild;

[MSBuildMultiThreadableTask]
public class TracedExec : Microsoft.Build.Tasks.Exec
{
    protected override bool SkipTaskExecution() => base.SkipTaskExecution();
}
