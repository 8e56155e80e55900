namespace Fptrace.Roots;

/// <summary>Keeps the roots for the tests of one class. xunit demands that it is public.</summary>
public sealed class RootsFixture : IDisposable
{
    internal MinimalRoots Roots { get; } = new();

    public void Dispose() => Roots.Dispose();
}
