namespace Fptrace.Commands.Doctor;

/// <summary>Whether the machine has what a finding is about.</summary>
internal enum FindingState
{
    Found,
    Missed,

    /// <summary>Something else that is missing keeps it from being asked for.</summary>
    Unknown,
}
