using Fptrace.Model;

namespace Fptrace.Commands;

/// <summary>One thing that fptrace does: dispatch, errors, help and completion know it from here.</summary>
/// <param name="Name">The first word; empty for tracing, which needs none.</param>
/// <param name="Summary">What it does, in a line.</param>
/// <param name="Options">Makes the table of its options.</param>
/// <param name="Page">Its help.</param>
/// <param name="Body">Does it: gets what follows the verb, stdout and stderr, and returns the exit code.</param>
/// <param name="Operands">What follows its options.</param>
internal sealed record Verb(
    string Name, string Summary, Func<OptionTable> Options, HelpPage Page, Func<string[], TextWriter, TextWriter, int> Body, OperandKind Operands)
{
    /// <summary>With <see cref="OperandKind.Words"/>.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>What <c>--help</c> prints.</summary>
    public string Help => Page.Write(Options());
}
