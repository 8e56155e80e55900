namespace Fptrace.GeneratedRuns;

/// <summary>What the tool did after a change, and whether that was right.</summary>
/// <param name="Change">What was done to the world before.</param>
/// <param name="WasSkipped">The command did not run.</param>
/// <param name="Message">What the tool said.</param>
/// <param name="IsSame">Nothing differs, and nothing was changed that the command could have seen: it should be
/// skipped.</param>
/// <param name="Wrong">What a skip made otherwise than the command would have; null when it is right.</param>
internal sealed record RoundResult(Change Change, bool WasSkipped, string Message, bool IsSame, string? Wrong)
{
    /// <summary>It ran though nothing differed.</summary>
    public bool IsNeedless => IsSame && !WasSkipped;

    /// <summary>What findings of one kind have in common, roughly: what was done to the world, and what the first step
    /// said that had to say something else.</summary>
    public string Sort =>
        Change.Name + " " + string.Join(' ', (Wrong ?? Message)
            .Split('"')
            .Select(text => text.Split(' ')[0] + text[(text.LastIndexOf(':') + 1)..]));
}
