namespace Fptrace.Model;

/// <summary>What a manifest's text holds is not what it should be. Never leaves the reader.</summary>
internal sealed class ManifestFormatException(string message) : FormatException(message);
