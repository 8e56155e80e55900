using Fptrace.Tracing.Supervision;

namespace Fptrace.Commands.CommandLine;

/// <summary>The values of --survivors.</summary>
internal static class SurvivorNames
{
    public static readonly string[] OfTrace = ["wait", "kill", "linger"];

    /// <summary>
    /// The values for <c>fptrace run</c>, which stands between the command and the reader of its output.
    /// </summary>
    public static readonly string[] OfStep = [.. OfTrace, "detach"];

    /// <param name="name">One of these values.</param>
    public static SurvivorPolicy Parse(string name) => name switch
    {
        "kill" => SurvivorPolicy.Kill,
        "linger" => SurvivorPolicy.Linger,
        "detach" => SurvivorPolicy.Detach,
        _ => SurvivorPolicy.Wait,
    };
}
