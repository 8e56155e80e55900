using System.Text.RegularExpressions;
using Fptrace.MSBuild.Support;
using Microsoft.Build.Framework;

namespace Fptrace.MSBuild.Parity;

/// <summary>All rows by Exec and by TracedExec, and those of TracedExec again. Two builds serve every test of the
/// class.</summary>
public sealed partial class ParityBuild : IDisposable
{
    private const string TracedPrefix = "Traced";
    private readonly BuildWorkspace _workspace;
    private readonly Dictionary<string, List<string>> _first;
    private readonly Dictionary<string, List<string>> _second;

    public ParityBuild(PackageFeed feed)
    {
        _workspace = new BuildWorkspace(feed, "parity");
        _workspace.Write("inner directory/keep", "");
        _workspace.Write("parity.proj", $"""
            <Project>
              {string.Concat(ParityTable.Rows.Select(row => Target("Exec", row, "Exec") + Target(TracedPrefix, row, "TracedExec")))}
              <Target Name="All">
                <MSBuild Projects="$(MSBuildProjectFullPath)" Targets="$(Rows)" RunEachTargetSeparately="true" ContinueOnError="WarnAndContinue" />
              </Target>
              {_workspace.Import}
            </Project>
            """);
        _first = Events(Run(["Exec", TracedPrefix]));
        _second = Events(Run([TracedPrefix]));
    }

    internal IReadOnlyList<string> ByExec(ParityRow row) => _first["Exec" + row.Target];

    internal IReadOnlyList<string> ByTracedExec(ParityRow row) => _first[TracedPrefix + row.Target];

    internal IReadOnlyList<string> BySecondTracedExec(ParityRow row) => _second[TracedPrefix + row.Target];

    public void Dispose() => _workspace.Dispose();

    private static string Target(string prefix, ParityRow row, string element)
    {
        string name = prefix + row.Target;
        string body = ExecElement().Replace(row.Xml, "$1" + element).Replace("Result", name, StringComparison.Ordinal);
        return $"<Target Name=\"{name}\">{body}</Target>\n";
    }

    private BuildLog Run(string[] prefixes)
    {
        IEnumerable<string> targets =
            prefixes.SelectMany(prefix => ParityTable.Rows.Select(row => prefix + row.Target));
        return _workspace.Run("msbuild", "", ["parity.proj", "-t:All", $"-p:Rows=\"{string.Join(';', targets)}\""]);
    }

    /// <summary>By target, what a person or a logger sees: messages with their importance, warnings, errors, and how
    /// tasks end.</summary>
    private Dictionary<string, List<string>> Events(BuildLog log)
    {
        var names = new Dictionary<(int, int, int), string>();
        var events = new Dictionary<string, List<string>>();
        foreach (BuildEventArgs raised in log.Events)
        {
            (int, int, int)? key = raised.BuildEventContext is { } context
                ? (context.NodeId, context.ProjectContextId, context.TargetId)
                : null;
            if (raised is TargetStartedEventArgs target)
            {
                names[key!.Value] = target.TargetName;
                events.TryAdd(target.TargetName, []);
            }
            else if (key is not null && names.TryGetValue(key.Value, out string? name) && Describe(raised) is { } text)
            {
                events[name].Add(text);
            }
        }

        return events;
    }

    private string? Describe(BuildEventArgs raised) => raised switch
    {
        TaskParameterEventArgs or TaskStartedEventArgs => null,
        TaskCommandLineEventArgs command => Normal($"{command.Importance}: command line {command.CommandLine}"),
        BuildMessageEventArgs message when message.Message is null || OwnMessage().IsMatch(message.Message) => null,
        BuildMessageEventArgs message => Normal($"{message.Importance}: {message.Message}"),
        BuildWarningEventArgs warning =>
            Normal($"warning {warning.Code} at {Place(warning.File, warning.LineNumber)}: {warning.Message}"),
        BuildErrorEventArgs error =>
            Normal($"error {error.Code} at {Place(error.File, error.LineNumber)}: {error.Message}"),
        TaskFinishedEventArgs task => task.Succeeded ? "succeeded" : "failed",
        _ => null,
    };

    private string Place(string? file, int line) => file is null || file == _workspace.Path("parity.proj")
        ? "the task"
        : $"{file}:{line}";

    /// <summary>Less what names the task, its temporary files, and the frames of an exception.</summary>
    private static string Normal(string text)
    {
        text = text.Replace("Fptrace.MSBuild.TracedExec", "Microsoft.Build.Tasks.Exec", StringComparison.Ordinal)
            .Replace("TracedExec", "Exec", StringComparison.Ordinal);
        text = ToolName().Replace(text, "executable \"sh\" because");
        text = OwnFile().Replace(text, "");
        return Frame().Replace(TemporaryFile().Replace(text, "SCRIPT"), "");
    }

    [GeneratedRegex("""(</?)Exec\b""")]
    private static partial Regex ExecElement();

    /// <summary>What TracedExec adds, and what MSBuild says of assemblies.</summary>
    [GeneratedRegex("^(Traced step |The traced step |Recorded |Using \"|Assembly loaded )")]
    private static partial Regex OwnMessage();

    /// <summary>Files that a row calls Result.</summary>
    [GeneratedRegex(@"\b(Exec|Traced)(?=[A-Z]\w*\.end\b)")]
    private static partial Regex OwnFile();

    [GeneratedRegex(@"/\S*(exec\.cmd|/MSBuildTemp\w+/tmp\w+\.sh)")]
    private static partial Regex TemporaryFile();

    /// <summary>MSBuild names the process that it ends. The tool calls itself by the shell's name, once it has started:
    /// on a busy machine the time is up before.</summary>
    [GeneratedRegex("executable \"(sh|fptrace|dotnet|\\.NET[^\"]*)\" because")]
    private static partial Regex ToolName();

    [GeneratedRegex(@"\n\s+at .*")]
    private static partial Regex Frame();
}
