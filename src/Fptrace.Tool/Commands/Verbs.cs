using Fptrace.Completion;
using Fptrace.Model;

namespace Fptrace.Commands;

/// <summary>What the first word asks for. Without a verb the command after the options is traced.</summary>
/// <remarks>A command that is called like a verb is traced with <c>--</c> or an option before it: <c>fptrace -- run</c>.</remarks>
internal static class Verbs
{
    /// <summary>What fptrace does without a verb.</summary>
    public static Verb Trace { get; } =
        new("", "trace a command", () => new TraceOptionTable(), HelpPages.Trace, TraceCommand.Run, OperandKind.Command);

    /// <summary>In the order of the help.</summary>
    public static IReadOnlyList<Verb> All { get; } =
    [
        new("run", "run a command unless nothing that it uses has changed", () => new RunOptionTable(), HelpPages.Run, RunCommand.Run, OperandKind.Command),
        new("list", "the commands that run knows here", () => new ListOptionTable(), HelpPages.List, ListCommand.Run, OperandKind.None),
        new("check", "would they run?", () => new CheckOptionTable("check"), HelpPages.Check, CheckCommand.Check, OperandKind.Manifests),
        new("explain", "why would they run?", () => new CheckOptionTable("explain"), HelpPages.Explain, CheckCommand.Explain, OperandKind.Manifests),
        new("forget", "run them again next time", () => new ForgetOptionTable(), HelpPages.Forget, ForgetCommand.Run, OperandKind.Manifests),
        new("cache", "care for the cache of run --cache", () => new CacheOptionTable(), HelpPages.Cache, CacheCommand.Run, OperandKind.Words)
        {
            Words = CacheOptionTable.Actions,
        },
        new("completion", "a script that completes command lines", () => new WordOptionTable("completion"), HelpPages.Completion, CompletionCommand.Run, OperandKind.Words)
        {
            Words = CompletionCommand.Shells,
        },
        new("help", "tell about fptrace or a verb", () => new WordOptionTable("help"), HelpPages.Help, HelpCommand.Run, OperandKind.Words)
        {
            Words = ["run", "list", "check", "explain", "forget", "cache", "completion", "help", "version"],
        },
        new("version", "the version", () => new WordOptionTable("version"), HelpPages.Version, HelpCommand.Version, OperandKind.None),
    ];

    /// <returns>Null: there is no such verb.</returns>
    public static Verb? Find(string name)
    {
        foreach (Verb verb in All)
        {
            if (verb.Name == name)
            {
                return verb;
            }
        }

        return null;
    }

    /// <returns>The exit code.</returns>
    /// <exception cref="FptraceException">Something the user can act on.</exception>
    public static int Run(string[] args, TextWriter output, TextWriter err) => args.Length > 0 && Find(args[0]) is { } verb
        ? verb.Body(args[1..], output, err)
        : Trace.Body(args, output, err);
}
