namespace Fptrace.Manifests.Checking;

/// <summary>The options of a check.</summary>
public sealed record CheckPlan
{
    /// <summary>Whether to go on after the first difference.</summary>
    public bool All { get; init; }

    /// <summary>Whether to read no content. Then a file counts as changed if its times differ.</summary>
    public bool TimestampsOnly { get; init; }

    /// <summary>Whether to leave the manifest's file as it is, even if files were only touched.</summary>
    public bool NoRefresh { get; init; }

    /// <summary>The largest number of threads; 0: as many as there are processors.</summary>
    public int Threads { get; init; }
}
