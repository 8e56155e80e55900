using Microsoft.Build.Framework;
using Microsoft.Build.Logging.StructuredLogger;

namespace Fptrace.MSBuild.Support;

/// <summary>What a build did, from its binary log.</summary>
internal sealed class BuildLog
{
    private BuildLog(CommandResult result) => (ExitCode, Output) = (result.ExitCode, result.Output);

    public int ExitCode { get; }

    /// <summary>What the console showed.</summary>
    public string Output { get; }

    public List<BuildEventArgs> Events { get; } = [];

    public IEnumerable<string> Messages =>
        Events.OfType<BuildMessageEventArgs>().Select(message => message.Message ?? "");

    public IEnumerable<BuildWarningEventArgs> Warnings => Events.OfType<BuildWarningEventArgs>();

    public IEnumerable<BuildErrorEventArgs> Errors => Events.OfType<BuildErrorEventArgs>();

    /// <summary>Steps that were skipped.</summary>
    public int Skipped =>
        Messages.Count(message =>
            message.StartsWith("Traced step is up to date and was skipped", StringComparison.Ordinal));

    /// <summary>Why steps ran, in order.</summary>
    public IReadOnlyList<string> Reasons =>
    [
        .. Messages.Where(message => message.StartsWith("Traced step runs because ", StringComparison.Ordinal))
            .Select(message => message["Traced step runs because ".Length..].TrimEnd('.')),
    ];

    /// <summary>Tasks that were started, by name.</summary>
    public IEnumerable<string> Tasks => Events.OfType<TaskStartedEventArgs>().Select(task => task.TaskName);

    public static BuildLog Read(string file, CommandResult result)
    {
        var log = new BuildLog(result);
        if (File.Exists(file))
        {
            var reader = new BinLogReader();
            reader.AnyEventRaised += (_, raised) => log.Events.Add(raised);
            reader.Replay(file);
        }

        return log;
    }
}
