namespace Fptrace.Manifests.Checking;

/// <summary>How a check is made.</summary>
public sealed record CheckPlan
{
    /// <summary>Go on after the first difference.</summary>
    public bool All { get; init; }

    /// <summary>Read no content: a file whose stamp differs has changed.</summary>
    public bool TimestampsOnly { get; init; }

    /// <summary>Leave the manifest's file as it is, though files were touched.</summary>
    public bool NoRefresh { get; init; }

    /// <summary>Threads at most; 0: as many as there are processors.</summary>
    public int Threads { get; init; }

    /// <summary>Called now and then, from any thread, with how many observations and outputs are done.</summary>
    public IProgress<int>? Progress { get; init; }
}
