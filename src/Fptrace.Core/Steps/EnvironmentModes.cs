namespace Fptrace.Steps;

/// <summary>The names of <see cref="EnvironmentMode"/> in options and manifests.</summary>
public static class EnvironmentModes
{
    public static IReadOnlyList<string> Names { get; } = ["all", "strict", "listed"];

    public static string Name(this EnvironmentMode mode) => mode switch
    {
        EnvironmentMode.All => "all",
        EnvironmentMode.Strict => "strict",
        EnvironmentMode.Listed => "listed",
        _ => throw new ArgumentOutOfRangeException(nameof(mode)),
    };

    public static bool TryParse(string name, out EnvironmentMode mode)
    {
        mode = name switch { "strict" => EnvironmentMode.Strict, "listed" => EnvironmentMode.Listed,
            _ => EnvironmentMode.All };
        return mode != EnvironmentMode.All || name == "all";
    }
}
