using Fptrace.Commands.Cache;
using Fptrace.Commands.Check;
using Fptrace.Commands.Completion;
using Fptrace.Commands.Doctor;
using Fptrace.Commands.Forget;
using Fptrace.Commands.Help;
using Fptrace.Commands.List;
using Fptrace.Commands.Run;
using Fptrace.Commands.Trace;
using Fptrace.Commands.Undelete;
using Fptrace.Commands.Version;

namespace Fptrace.Commands;

/// <summary>
/// All verbs. The first word selects one; without a verb, fptrace traces the command after the options.
/// </summary>
/// <remarks>
/// To trace a command with the name of a verb, put <c>--</c> or an option before it: <c>fptrace -- run</c>.
/// </remarks>
internal static class Verbs
{
    /// <summary>What fptrace does without a verb.</summary>
    public static Verb Trace { get; } =
        new("", "trace a command", OperandKind.Command,
            () => new TraceOptionTable(), TraceHelp.Page, TraceCommand.Run);

    /// <summary>All verbs but tracing, in the order in which the help lists them.</summary>
    public static IReadOnlyList<Verb> All { get; } =
    [
        new("run", "run a command unless nothing that it uses has changed", OperandKind.Command,
            () => new RunOptionTable(), RunHelp.Page, RunCommand.Run),
        Verb.Of("list", "the commands that run knows here", OperandKind.None,
            () => new ListOptionTable(), ListHelp.Page, ListCommand.Run),
        Verb.Of("check", "would they run?", OperandKind.Manifests,
            () => new CheckOptionTable("check"), CheckHelp.Page, CheckCommand.Run),
        Verb.Of("explain", "why would they run?", OperandKind.Manifests,
            () => new CheckOptionTable("explain"), CheckHelp.Page, CheckCommand.Run),
        Verb.Of("forget", "run them again next time", OperandKind.Manifests,
            () => new ForgetOptionTable(), ForgetHelp.Page, ForgetCommand.Run),
        Verb.Of("cache", "care for the cache of run --cache", OperandKind.Words,
            () => new CacheOptionTable(), CacheHelp.Page, CacheCommand.Run),
        Verb.Of("undelete", "put back what -u kept", OperandKind.Files,
            () => new UndeleteOptionTable(), UndeleteHelp.Page, UndeleteCommand.Run),
        Verb.Of("doctor", "does tracing work here, and what is missing?", OperandKind.None,
            () => new DoctorOptionTable(), DoctorHelp.Page, DoctorCommand.Run),
        new("completion", "a script that completes command lines", OperandKind.Words,
            () => new CompletionOptionTable(), CompletionHelp.Page, CompletionCommand.Run),
        new("help", "tell about fptrace or a verb", OperandKind.Words,
            () => new HelpOptionTable(), HelpHelp.Page, HelpCommand.Run),
        new("version", "the version", OperandKind.None,
            () => new VersionOptionTable(), VersionHelp.Page, VersionCommand.Run),
    ];

    /// <returns>null when there is no such verb.</returns>
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
    /// <exception cref="FptraceException">The command failed. The message tells the user what to do.</exception>
    public static int Run(string[] args, TextWriter output, TextWriter err) =>
        args.Length > 0 && Find(args[0]) is { } verb
        ? verb.Command(args[1..], output, err)
        : Trace.Command(args, output, err);
}
