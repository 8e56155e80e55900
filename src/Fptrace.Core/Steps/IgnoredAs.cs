namespace Fptrace.Steps;

/// <summary>As what a path does not count.</summary>
[Flags]
internal enum IgnoredAs
{
    /// <summary>As a name in the listing of its directory.</summary>
    Name = 1,

    /// <summary>As something that the step made, changed or removed: it is not recorded, checked, kept or restored. As
    /// a name neither.</summary>
    Output = Name | 2,

    /// <summary>As something that the step reads, looks at or looks for, too: nothing counts of it.</summary>
    All = Output | 4,
}
