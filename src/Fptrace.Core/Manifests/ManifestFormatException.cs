namespace Fptrace.Manifests;

/// <summary>What a manifest's text holds is not what it should be. Never leaves <see cref="ManifestReader"/>.</summary>
internal sealed class ManifestFormatException(string message) : FormatException(message);
