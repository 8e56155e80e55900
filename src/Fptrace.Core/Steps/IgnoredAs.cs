namespace Fptrace.Steps;

/// <summary>In which ways an ignored path does not count.</summary>
[Flags]
internal enum IgnoredAs
{
    /// <summary>The name does not count when the step lists its directory.</summary>
    Name = 1,

    /// <summary>
    /// What the step makes, changes or removes there does not count, nor does the name. It is not recorded, checked,
    /// cached or restored.
    /// </summary>
    Output = Name | 2,

    /// <summary>Nothing counts, not even as an input that the step reads, examines or looks for.</summary>
    All = Output | 4,
}
