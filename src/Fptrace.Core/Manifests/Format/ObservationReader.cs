using System.Text.Json;
using Fptrace.Model;
using Fptrace.Posix;
using Fptrace.Steps;

namespace Fptrace.Manifests.Format;

/// <summary>
/// Parses observations and outputs. Each must have the properties of its kind; they are sorted and unique.
/// </summary>
internal static class ObservationReader
{
    public static List<Observation> ReadAll(ref ManifestJson json)
    {
        json.Begin(JsonTokenType.StartArray);
        var observations = new List<Observation>();
        while (json.NextElement(JsonTokenType.StartObject))
        {
            Observation observation = ReadObservation(ref json);
            if (observations.Count > 0 && Compare(observations[^1], observation) >= 0)
            {
                throw new ManifestFormatException("its observations are not sorted");
            }

            observations.Add(observation);
        }

        return observations;
    }

    public static List<StepOutput> ReadOutputs(ref ManifestJson json)
    {
        json.Begin(JsonTokenType.StartArray);
        var outputs = new List<StepOutput>();
        while (json.NextElement(JsonTokenType.StartObject))
        {
            StepOutput output = ReadOutput(ref json);
            if (outputs.Count > 0 && outputs[^1].Path >= output.Path)
            {
                throw new ManifestFormatException("its outputs are not as they should be");
            }

            outputs.Add(output);
        }

        return outputs;
    }

    /// <summary>The order of observations in a manifest.</summary>
    public static int Compare(Observation one, Observation other)
    {
        int order = one.Path.CompareTo(other.Path);
        return order != 0 ? order : one.Kind.CompareTo(other.Kind);
    }

    public static Observation ReadObservation(ref ManifestJson json)
    {
        Entry entry = ReadEntry(ref json);
        Observation observation = new()
        {
            Path = entry.Path,
            Kind = entry.Kind ?? throw new ManifestFormatException("an observation has no kind"),
            State = entry.State,
            Target = entry.Target,
            Error = entry.Error,
            ErrorBefore = entry.ErrorBefore,
            DigestBefore = entry.DigestBefore,
            Names = entry.Names,
            OwnNames = entry.OwnNames ?? [],
            TakenNames = entry.TakenNames ?? [],
        };
        Check(observation, entry);
        return observation;
    }

    public static StepOutput ReadOutput(ref ManifestJson json)
    {
        Entry entry = ReadEntry(ref json);
        CheckState(entry);
        return entry.Kind is null && (entry.Names is null || entry.State.Type == FileType.Directory) && entry.Error == 0
            && entry.ErrorBefore is null && entry.DigestBefore is null
            ? new StepOutput
            {
                Path = entry.Path,
                State = entry.State,
                Target = entry.Target,
                PriorState = entry.PriorState,
                Opening = entry.Opening,
                IsOver = entry.IsOver,
                Names = entry.Names,
                Attributes = entry.Attributes ?? "",
            }
            : throw new ManifestFormatException("its outputs are not as they should be");
    }

    private static Entry ReadEntry(ref ManifestJson json)
    {
        var entry = default(Entry);
        FileType type = FileType.None;
        uint mode = 0;
        long size = 0;
        ContentDigest digest = default;
        long modified = 0;
        long changed = 0;
        ulong inode = 0;
        while (json.NextProperty())
        {
            if (json.Is("path"u8))
            {
                entry.Path = json.Path();
            }
            else if (json.Is("kind"u8))
            {
                entry.Kind = json.Kind();
            }
            else if (json.Is("type"u8))
            {
                type = json.Type();
            }
            else if (json.Is("mode"u8))
            {
                mode = json.Mode();
            }
            else if (json.Is("size"u8))
            {
                size = json.Number(long.MaxValue);
            }
            else if (json.Is("sha256"u8))
            {
                digest = json.Digest();
                entry.HasDigest = true;
            }
            else if (json.Is("sha256Before"u8))
            {
                entry.DigestBefore = json.Digest();
            }
            else if (json.Is("mtime"u8))
            {
                modified = json.Integer();
            }
            else if (json.Is("ctime"u8))
            {
                changed = json.Integer();
            }
            else if (json.Is("inode"u8))
            {
                inode = (ulong)json.Integer();
            }
            else if (json.Is("target"u8))
            {
                entry.Target = json.Name();
            }
            else if (json.Is("error"u8))
            {
                entry.Error = AbsenceReason.Parse(json.Text())
                    ?? throw new ManifestFormatException("an error is unknown");
            }
            else if (json.Is("before"u8))
            {
                entry.ErrorBefore = AbsenceReason.ParseAny(json.Text())
                    ?? throw new ManifestFormatException("an error is unknown");
            }
            else if (json.Is("prior"u8))
            {
                entry.PriorState = PriorStates.Parse(json.Text());
            }
            else if (json.Is("opened"u8))
            {
                entry.Opening = OutputOpenings.Parse(json.Text());
            }
            else if (json.Is("over"u8))
            {
                entry.IsOver = json.Boolean();
            }
            else if (json.Is("attributes"u8))
            {
                entry.Attributes = json.Text();
            }
            else if (json.Is("names"u8))
            {
                entry.Names = json.Names(ListedName.IsValid, "a name");
            }
            else if (json.Is("taken"u8))
            {
                entry.TakenNames = json.Names(ListedName.IsValid, "a name");
            }
            else if (json.Is("own"u8))
            {
                entry.OwnNames = json.Names(StoredPath.IsValidName, "a name");
            }
            else
            {
                throw json.Unknown();
            }
        }

        if (entry.Path.IsEmpty)
        {
            throw new ManifestFormatException("an entry has no path");
        }

        // The writer leaves the type out where other properties imply it.
        type = type != FileType.None ? type : entry.HasDigest ? FileType.Regular : entry.Names is not null
            ? FileType.Directory
            : FileType.None;
        entry.State = type == FileType.Socket
            ? new FileState(type, mode, changed, digest, default)
            : new FileState(type, mode, size, digest, new FileTimes(modified, changed, inode));
        return entry;
    }

    private static void Check(Observation observation, in Entry entry)
    {
        bool valid = observation.Kind switch
        {
            ObservationKind.Content => observation.State.Type == FileType.Regular,
            ObservationKind.Absent => observation.State.Type == FileType.None,
            ObservationKind.Link => observation.State.Type == FileType.None && !observation.Target.IsEmpty,
            ObservationKind.Listing => observation.State.Type == FileType.Directory,
            ObservationKind.IndexTimes => observation.State.Type == FileType.Regular,
            _ => observation.State.Exists,
        };
        if (!valid || entry.PriorState != PriorState.Unseen || entry.Opening != OutputOpening.None || entry.IsOver
            || entry.Attributes is not null || !MayHaveNames(observation, entry.Names is not null)
            || (observation.Kind != ObservationKind.Absent && (entry.Error != 0 || entry.ErrorBefore is not null))
            || (observation.Kind != ObservationKind.IndexTimes && entry.DigestBefore is not null))
        {
            throw new ManifestFormatException($"an observation of {observation.Path} is not one of its kind");
        }

        if (observation.Kind is ObservationKind.Content or ObservationKind.Existence or ObservationKind.ReadModifyWrite
            or ObservationKind.IndexTimes)
        {
            CheckState(entry);
        }
    }

    private static bool MayHaveNames(Observation observation, bool hasNames) => observation.Kind switch
    {
        ObservationKind.Listing => hasNames,
        ObservationKind.ReadModifyWrite => !hasNames || observation.State.Type == FileType.Directory,
        _ => !hasNames,
    };

    private static void CheckState(in Entry entry)
    {
        if (!entry.State.Exists
            || entry.HasDigest != (entry.State.Type == FileType.Regular)
            || entry.Target.IsEmpty != (entry.State.Type != FileType.Symlink))
        {
            throw new ManifestFormatException($"the state of {entry.Path} is not one of its type");
        }
    }

    private struct Entry
    {
        public ByteString Path;
        public ObservationKind? Kind;
        public FileState State;
        public bool HasDigest;
        public ByteString Target;
        public PriorState PriorState;
        public OutputOpening Opening;
        public bool IsOver;
        public int Error;
        public int? ErrorBefore;
        public ContentDigest? DigestBefore;
        public string? Attributes;
        public ByteStringList? Names;
        public ByteStringList? OwnNames;
        public ByteStringList? TakenNames;
    }
}
