namespace Fptrace.Linux;

/// <summary>One thing that Fptrace.Linux says about C.</summary>
/// <param name="Name">What it is about, for people.</param>
/// <param name="Probe">A C expression that compiles where the headers know the thing at all.</param>
/// <param name="Assertion">A C expression that is true where the claim is.</param>
internal sealed record Claim(string Name, string Probe, string Assertion);
