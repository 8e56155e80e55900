namespace Fptrace.Commands.CommandLine;

/// <summary>Parses the spellings that Go's <c>strconv.ParseBool</c> takes, and no others.</summary>
/// <remarks>The original fptrace is written in Go, and its command lines keep working.</remarks>
internal static class GoBoolean
{
    public static bool? Parse(string text) => text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => null,
    };
}
