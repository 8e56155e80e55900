namespace Fptrace.Commands;

/// <summary>What <c>--version</c> prints; <see cref="HelpPages"/> has the rest.</summary>
internal static class HelpText
{
    /// <remarks>The version is that of the assembly, so of the package.</remarks>
    public static string Version => "fptrace " + typeof(HelpText).Assembly.GetName().Version!.ToString(3);
}
