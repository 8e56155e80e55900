namespace Fptrace.Linux.Processes;

/// <summary>What a call does when there is nothing yet that it could return.</summary>
internal enum WaitMode
{
    /// <summary>It waits until there is.</summary>
    Block,

    /// <summary>It returns at once.</summary>
    Poll,
}
