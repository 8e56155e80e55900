namespace Fptrace.Commands;

/// <summary>What follows the options of a verb.</summary>
internal enum OperandKind
{
    None,

    /// <summary>A command with its arguments.</summary>
    Command,

    /// <summary>Manifests, or <c>--</c> and a command.</summary>
    Manifests,

    /// <summary>Files and directories.</summary>
    Files,

    /// <summary>One of <see cref="CommandLine.OptionTable.Words"/>.</summary>
    Words,
}
