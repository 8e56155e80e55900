using Fptrace.Commands.CommandLine;

namespace Fptrace.Commands.Version;

/// <summary>The options of <c>fptrace version</c>, which takes no word.</summary>
internal sealed class VersionOptionTable() : WordOptionTable("version");
