using Fptrace.Model;

namespace Fptrace.Manifests.Checking;

/// <summary>Says in words in what a recorded observation or output differs from the current state.</summary>
internal static class ObservationComparison
{
    /// <summary>Adds the differences, if there are any.</summary>
    public static void Compare(Observation old, Observation now, List<Difference> differences)
    {
        // Usually nothing differs, not even a stamp.
        if (ReferenceEquals(old, now))
        {
            return;
        }

        string path = Words.Of(old.Path);
        switch (old.Kind)
        {
            case ObservationKind.Absent when now.State.Exists:
                Add($"now exists: {path}");
                break;
            case ObservationKind.Absent when now.Error != old.Error:
                Add(
                    $"not found for another reason: {path}: {AbsenceReason.Words(old.Error)} → "
                        + $"{AbsenceReason.Words(now.Error)}");
                break;
            case ObservationKind.Link when now.Target != old.Target:
                Add(!now.Target.IsEmpty ? $"link changed: {path}: {Words.Of(old.Target)} → {Words.Of(now.Target)}"
                    : now.State.Exists ? $"no longer a link: {path}"
                    : $"input missing: {path}");
                break;
            case ObservationKind.Listing when now.State.Type is not FileType.Directory:
                Add(now.State.Exists
                    ? $"input replaced by a {FileTypes.Name(now.State.Type)}: {path}"
                    : $"directory missing: {path}");
                break;
            case ObservationKind.Listing when ModeText(old.State, now.State, "input", path) is string text:
                Add(text);
                break;
            case ObservationKind.Listing when now.Names is null:
                Add($"directory changed: {path}");
                break;
            case ObservationKind.Listing:
                CompareNames(DifferenceKind.Input, old.Path, old.Names ?? [], now.Names, differences);
                break;
            case ObservationKind.IndexTimes when now.State.Digest != old.State.Digest:
                Add($"{Reasons.IndexTimes}{path}");
                break;
            case ObservationKind.Content
                or ObservationKind.Existence when CompareStates(old.State, now.State, old.Target != now.Target, "input",
                    path) is string text:
                Add(text);
                break;
            default:
                break;
        }

        void Add(string text) => differences.Add(new Difference(DifferenceKind.Input, old.Path.ToString(), text));
    }

    public static void Compare(StepOutput old, StepOutput now, List<Difference> differences)
    {
        if (ReferenceEquals(old, now))
        {
            return;
        }

        if (CompareStates(old.State, now.State, old.Target != now.Target, "output", Words.Of(old.Path)) is string text)
        {
            differences.Add(new Difference(DifferenceKind.Output, old.Path.ToString(), text));
        }
        else if (old.Attributes != now.Attributes)
        {
            differences.Add(new Difference(DifferenceKind.Output, old.Path.ToString(),
                $"output's owner or attributes changed: {Words.Of(old.Path)}"));
        }
        else if (old.Names is not null && now.Names is not null)
        {
            CompareNames(DifferenceKind.Output, old.Path, old.Names, now.Names, differences);
        }
    }

    private static string? CompareStates(in FileState old, in FileState now, bool otherTarget, string what, string path)
    {
        if (!now.Exists)
        {
            return $"{what} missing: {path}";
        }

        if (now.Type != old.Type)
        {
            return $"{what} replaced by a {FileTypes.Name(now.Type)}: {path}";
        }

        if (otherTarget || now.Size != old.Size || now.Digest != old.Digest)
        {
            return $"{what} {(what == "output" ? "modified" : "changed")}: {path}";
        }

        return ModeText(old, now, what, path);
    }

    private static string? ModeText(in FileState old, in FileState now, string what, string path) =>
        now.Mode != old.Mode ? $"{what} mode changed: {path}: {Octal(old.Mode)} → {Octal(now.Mode)}" : null;

    /// <summary>The type of each bare name in a listing.</summary>
    private static Dictionary<ByteString, FileType> Types(IReadOnlyList<ByteString> names)
    {
        var types = new Dictionary<ByteString, FileType>(names.Count);
        foreach (ByteString name in names)
        {
            types[new ByteString(ListedName.Bare(name.Span))] = ListedName.Type(name.Span);
        }

        return types;
    }

    private static ByteString Shown(ByteString listed) =>
        ListedName.Type(listed.Span) == FileType.Directory ? listed : new ByteString(ListedName.Bare(listed.Span));

    private static string Octal(uint mode) => Convert.ToString(mode, 8).PadLeft(4, '0');

    private static void CompareNames(
        DifferenceKind kind, ByteString path, IReadOnlyList<ByteString> old, IReadOnlyList<ByteString> now,
        List<Difference> differences)
    {
        int i = 0;
        int j = 0;
        Dictionary<ByteString, FileType>? oldTypes = null;
        Dictionary<ByteString, FileType>? nowTypes = null;
        while (i < old.Count || j < now.Count)
        {
            int order = i == old.Count ? 1 : j == now.Count ? -1 : old[i].CompareTo(now[j]);
            if (order == 0)
            {
                i++;
                j++;
                continue;
            }

            ByteString name = order < 0 ? old[i++] : now[j++];
            var bare = new ByteString(ListedName.Bare(name.Span));
            FileType other = order < 0
                ? (nowTypes ??= Types(now)).GetValueOrDefault(bare)
                : (oldTypes ??= Types(old)).GetValueOrDefault(bare);
            string directory = path.Span is [(byte)'.'] ? "" : path.Span is [(byte)'/'] ? "/" : Words.Of(path) + "/";
            string text = other == FileType.None
                ? $"{(order < 0 ? Reasons.Lost : Reasons.Gained)}{directory}{Words.Of(Shown(name))}"
                : order < 0
                    ? $"{(kind == DifferenceKind.Output ? "output" : "input")} replaced by a {FileTypes.Name(other)}: "
                        + $"{directory}{Words.Of(bare)}"
                : "";
            if (text.Length > 0)
            {
                differences.Add(new Difference(kind, path.ToString(), text));
            }
        }
    }
}
