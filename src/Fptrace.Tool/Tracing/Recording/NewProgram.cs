using Fptrace.Model;

namespace Fptrace.Tracing.Recording;

/// <summary>What a process is right after its execve.</summary>
/// <param name="Executable">The ELF file that runs.</param>
/// <param name="Interpreters">Shebang interpreters in order, then the ELF interpreter.</param>
/// <param name="Descriptors">Open descriptors with their names, ascending.</param>
internal sealed record NewProgram(
    ByteString Executable, IReadOnlyList<ByteString> Interpreters,
    IReadOnlyList<KeyValuePair<int, ByteString>> Descriptors)
{
    /// <summary>What was seen at some of these paths when they were read.</summary>
    public ProgramLooks? Looks { get; init; }

    /// <summary>The mode of the file that runs; null if nobody has looked.</summary>
    public uint? Mode { get; init; }

    /// <summary>What a witness sees of the path that was executed, of the executable and of the interpreters.</summary>
    public IReadOnlyList<AccessFacts> SeenBy(IWitness witness, ByteString path)
    {
        var seen = new List<AccessFacts>();
        foreach (ByteString part in (ByteString[])[path, Executable, .. Interpreters])
        {
            if ((Looks?.Find(part) is { } stamp ? witness.See(part, stamp) : witness.See(part)) is { } facts)
            {
                seen.Add(facts);
            }
        }

        return seen;
    }
}
