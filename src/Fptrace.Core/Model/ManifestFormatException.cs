namespace Fptrace.Model;

/// <summary>The text of a manifest is malformed. The reader catches it and reports the manifest as damaged.</summary>
internal sealed class ManifestFormatException(string message) : FormatException(message);
