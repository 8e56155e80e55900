using Fptrace.Tracing;

namespace Fptrace.Commands;

/// <summary>The values of --survivors.</summary>
internal static class SurvivorNames
{
    /// <param name="name">What the user wrote.</param>
    /// <param name="ofStep">The values of <c>fptrace run</c>, which stands between the command and who reads its output.</param>
    /// <returns>Null: there is no such value.</returns>
    public static SurvivorPolicy? Parse(string name, bool ofStep) => name switch
    {
        "wait" => SurvivorPolicy.Wait,
        "kill" => SurvivorPolicy.Kill,
        "linger" => SurvivorPolicy.Linger,
        "detach" when ofStep => SurvivorPolicy.Detach,
        _ => null,
    };

    public static string Unknown(string name, bool ofStep) => $"--survivors does not know '{name}'; use wait, kill{(ofStep ? ", linger or detach" : " or linger")}";
}
