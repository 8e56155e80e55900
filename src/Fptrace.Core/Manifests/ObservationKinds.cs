namespace Fptrace.Manifests;

/// <summary>The names of <see cref="ObservationKind"/> in manifests.</summary>
public static class ObservationKinds
{
    public static string Name(this ObservationKind kind) => kind switch
    {
        ObservationKind.Content => "content",
        ObservationKind.Absent => "absent",
        ObservationKind.Existence => "existence",
        ObservationKind.Listing => "listing",
        ObservationKind.Link => "link",
        ObservationKind.ReadModifyWrite => "read-modify-write",
        ObservationKind.IndexTimes => "index-times",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static ObservationKind? Parse(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("content"u8) ? ObservationKind.Content
        : name.SequenceEqual("absent"u8) ? ObservationKind.Absent
        : name.SequenceEqual("existence"u8) ? ObservationKind.Existence
        : name.SequenceEqual("listing"u8) ? ObservationKind.Listing
        : name.SequenceEqual("link"u8) ? ObservationKind.Link
        : name.SequenceEqual("read-modify-write"u8) ? ObservationKind.ReadModifyWrite
        : name.SequenceEqual("index-times"u8) ? ObservationKind.IndexTimes
        : null;
}
