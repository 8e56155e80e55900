namespace Fptrace.Manifests;

/// <summary>The names of <see cref="DifferenceKind"/> in JSON.</summary>
public static class DifferenceKinds
{
    public static string Name(this DifferenceKind kind) => kind switch
    {
        DifferenceKind.Manifest => "manifest",
        DifferenceKind.Refused => "refused",
        DifferenceKind.Step => "step",
        DifferenceKind.Environment => "environment",
        DifferenceKind.Input => "input",
        DifferenceKind.Output => "output",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
