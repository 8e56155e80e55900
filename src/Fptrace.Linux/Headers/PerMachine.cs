using System.Runtime.InteropServices;

namespace Fptrace.Linux.Headers;

/// <summary>A number that C's headers give another value on another architecture.</summary>
/// <remarks>This is the only file of the project that asks which machine this is.</remarks>
internal readonly record struct PerMachine(int X64, int Arm64)
{
    public static bool IsX64 { get; } = RuntimeInformation.ProcessArchitecture == Architecture.X64;

    public int Value => IsX64 ? X64 : Arm64;

    public static implicit operator int(PerMachine number) => number.Value;

    public static implicit operator nint(PerMachine number) => number.Value;
}
