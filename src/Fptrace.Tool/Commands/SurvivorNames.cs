using Fptrace.Tracing;

namespace Fptrace.Commands;

/// <summary>The values of --survivors.</summary>
internal static class SurvivorNames
{
    /// <returns>Null: there is no such value.</returns>
    public static SurvivorPolicy? Parse(string name) => name switch
    {
        "wait" => SurvivorPolicy.Wait,
        "kill" => SurvivorPolicy.Kill,
        "linger" => SurvivorPolicy.Linger,
        _ => null,
    };

    public static string Unknown(string name) => $"--survivors does not know '{name}'; use wait, kill or linger";
}
