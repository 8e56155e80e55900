using Fptrace.Model;

namespace Fptrace.Commands.List;

/// <summary>A step in what <c>list --json</c> prints.</summary>
/// <param name="Manifest">The path of its manifest.</param>
/// <param name="Command">The words of the command.</param>
/// <param name="Directory">The directory in which it runs.</param>
/// <param name="UpToDate">Whether it would not run.</param>
/// <param name="Reason">Why it would run.</param>
/// <param name="Used">When it last ran or was skipped.</param>
/// <param name="Bytes">The size of the manifest.</param>
internal sealed record ListJson(
    string Manifest,
    IReadOnlyList<ByteString> Command,
    ByteString Directory,
    bool UpToDate,
    string? Reason,
    DateTime Used,
    long Bytes)
{
    public static string Write(IReadOnlyList<ListedStep> steps) =>
        CommandJson.Write([.. steps.Select(Of)], CommandJson.Readable.ListJsonArray) + "\n";

    private static ListJson Of(ListedStep step) => new(
        step.Known.Path,
        step.Known.Step.Command,
        step.Known.Step.Directory,
        step.Reason is null,
        step.Reason,
        DateTime.UnixEpoch.AddTicks(step.Known.UsedNs / TimeSpan.NanosecondsPerTick),
        step.Known.Size);
}
