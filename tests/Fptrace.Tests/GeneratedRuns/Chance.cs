namespace Fptrace.GeneratedRuns;

/// <summary>A sequence of numbers that is the same for the same seed, here and everywhere (SplitMix64): System.Random
/// promises none.</summary>
internal sealed class Chance(ulong seed)
{
    private ulong _state = seed;

    public bool Of(int percent) => Below(100) < percent;

    public T Pick<T>(params IReadOnlyList<T> choices) => choices[Below(choices.Count)];

    public int Below(int limit)
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (int)((z ^ (z >> 31)) % (ulong)limit);
    }
}
