using Fptrace.Commands.CommandLine;

namespace Fptrace.Commands.Completion;

/// <summary>The options of <c>fptrace completion</c>. Its one word is a shell.</summary>
internal sealed class CompletionOptionTable() : WordOptionTable("completion")
{
    public static readonly string[] Shells = ["bash", "zsh", "fish"];

    public override IReadOnlyList<string> Words => Shells;
}
