using Fptrace.Linux.Machine;
using Fptrace.Tracing.Plan;

namespace Fptrace.Commands.Doctor;

/// <summary>What <c>fptrace doctor</c> found.</summary>
/// <param name="Kernel">The kernel.</param>
/// <param name="Trial">The trace that chose its engine.</param>
/// <param name="Findings">One by one.</param>
internal sealed record Diagnosis(KernelName Kernel, Trial Trial, IReadOnlyList<Finding> Findings)
{
    public bool Works => Trial.Failure is null;

    public string? Engine => Trial.Engine is { } engine ? EngineName.Of(engine) : null;

    /// <summary>Why that engine.</summary>
    public string Reason => !Works ? Trial.Failure!
        : Trial.Launcher!.Cause is { Length: > 0 } cause ? "the best that works: " + cause
        : "the fastest";

    public static Diagnosis Make()
    {
        Trial auto = Trial.Of(null);
        return new Diagnosis(KernelName.Read(), auto,
        [
            .. EngineFindings.OfEngines(auto), .. EngineFindings.OfRequests(auto), .. CallFindings.All(),
            .. ProcessFindings.All(), .. CacheFindings.All(),
        ]);
    }
}
