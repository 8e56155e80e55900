using System.Runtime.InteropServices;

namespace Fptrace.Commands.Doctor;

/// <summary>One thing that fptrace uses, and what this machine gives.</summary>
/// <param name="Name">What it is.</param>
/// <param name="State">Whether it is there.</param>
/// <param name="Detail">What was found, or what is lost without it.</param>
/// <param name="Remedy">What to do; null when nothing has to be done.</param>
internal sealed record Finding(string Name, FindingState State, string Detail, string? Remedy = null)
{
    public static Finding Found(string name, string detail) => new(name, FindingState.Found, detail);

    public static Finding Missed(string name, string detail, string remedy) =>
        new(name, FindingState.Missed, detail, remedy);

    public static Finding Unknown(string name, string detail) => new(name, FindingState.Unknown, detail);

    /// <summary>Of an answer of the kernel.</summary>
    /// <param name="name">What it is.</param>
    /// <param name="result">−errno, or a success; null when it was not asked.</param>
    /// <param name="found">The detail of a success.</param>
    /// <param name="missed">What is lost without it.</param>
    /// <param name="remedy">What to do about a failure.</param>
    public static Finding Of(string name, int? result, string found, string missed, string remedy) => result switch
    {
        null => Unknown(name, "not asked: the trace ended before"),
        >= 0 => Found(name, found),
        _ => Missed(name, $"{Marshal.GetPInvokeErrorMessage(-result.Value)}: {missed}", remedy),
    };
}
