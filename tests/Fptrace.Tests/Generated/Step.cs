namespace Fptrace.Generated;

/// <summary>One command of a case, as a line of the scripts of tests/programs/steps.c.</summary>
/// <param name="Call">Its first word.</param>
internal sealed record Step(string Call)
{
    /// <summary>The slot that the path is relative to, or −1 for the working directory.</summary>
    public int At { get; init; } = -1;

    /// <summary>A % in front stands for the directory of the case. null is NULL.</summary>
    public string? Path { get; init; } = "";

    public int At2 { get; init; } = -1;

    public string Path2 { get; init; } = "";

    public long Flags { get; init; }

    public int Slot { get; init; } = -1;

    public int Slot2 { get; init; } = -1;

    /// <summary>Takes the old call, which knows no directory and no flags, where those are not used.</summary>
    public bool IsOld { get; init; }

    /// <summary>The steps of a process, thread or program.</summary>
    public IReadOnlyList<Step>? Block { get; init; }
}
