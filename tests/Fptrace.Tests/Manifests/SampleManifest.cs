using System.Text;
using Fptrace.Model;
using Fptrace.Posix;
using Fptrace.Steps;

namespace Fptrace.Manifests;

/// <summary>A manifest with one of everything.</summary>
internal static class SampleManifest
{
    private static readonly ContentDigest Digest = new(1, 2, 3, 0xfedcba9876543210);

    public static ByteString Bytes(string text) => new(Encoding.UTF8.GetBytes(text));

    public static Manifest Make(string root = "/project") => new()
    {
        Step = new StepIdentity
        {
            Command = [Bytes("cc"), Bytes("-c"), new ByteString([0x61, 0xff, 0x0a, 0x22])],
            Directory = Bytes(root + "/src"),
            Root = Bytes(root),
            EnvironmentVersion = 1,
            Environment = ["FLAVOUR", "X*"],
            EnvironmentIgnore = ["NOISE"],
            Ignore = ["*.log"],
            IgnoreListing = [".."],
            DefaultIgnores = 1,
            Servers = 1,
            Home = Bytes("/home/user"),
            Extra = ["1.0"],
            Machine = ["umask=0022", "user=1000"],
            Terminal = new StepTerminal
            {
                Streams = TerminalStreams.Output | TerminalStreams.Error,
                Asked = TerminalStreams.Error,
                Columns = 80,
            },
        },
        ExitCode = 0,
        Milliseconds = 1500,
        Environment = new EnvironmentDigests
        {
            Key = "8899aabbccddeeff",
            Variables = [new EnvironmentDigest("LANG", null),
                new EnvironmentDigest("PATH", "00112233445566778899aabbccddeeff")],
        },
        Observations =
        [
            new Observation
            {
                Path = Bytes("."),
                Kind = ObservationKind.Listing,
                State = State(FileType.Directory),
                Names = [Bytes("a"), Bytes("b/"), Bytes("c/l")],
                OwnNames = [Bytes("out")],
                TakenNames = [Bytes("out/p")],
            },
            new Observation
            {
                Path = Bytes(".git/index"),
                Kind = ObservationKind.IndexTimes,
                State = State(FileType.Regular),
                DigestBefore = State(FileType.Regular).Digest,
                OwnNames = [Bytes("0f")],
            },
            new Observation
            {
                Path = Bytes("/usr/bin"),
                Kind = ObservationKind.Existence,
                State = new FileState(FileType.Directory, 0x1ed, 0, default, default),
            },
            new Observation { Path = Bytes("/usr/bin/cc"), Kind = ObservationKind.Link, Target = Bytes("gcc") },
            new Observation { Path = Bytes("a.c"), Kind = ObservationKind.Content, State = State(FileType.Regular) },
            new Observation { Path = Bytes("a.h"), Kind = ObservationKind.Absent },
            new Observation { Path = Bytes("a.h/b.h"), Kind = ObservationKind.Absent, Error = 20, ErrorBefore = 0 },
            new Observation
            {
                Path = new ByteString([0x62, 0xfe]),
                Kind = ObservationKind.ReadModifyWrite,
                State = State(FileType.Regular) with { Stamp = default },
            },
            new Observation
            {
                Path = Bytes("dir"),
                Kind = ObservationKind.ReadModifyWrite,
                State = new FileState(FileType.Directory, 0x1ed, 0, default, default),
                Names = [Bytes("old/p")],
            },
        ],
        Outputs =
        [
            new StepOutput
            {
                Path = Bytes("dir"),
                State = new FileState(FileType.Directory, 0x1c0, 0, default, default),
                Names = [Bytes("new")],
            },
            new StepOutput
            {
                Path = Bytes("link"),
                State = new FileState(FileType.Symlink, 0, 0, default, default),
                Target = Bytes("out"),
            },
            new StepOutput { Path = Bytes("out"), State = State(FileType.Regular) },
        ],
        Deletions = [Bytes("gone")],
        Temporaries = [Bytes("made-and-gone")],
        Printed = [new OutputChunk(false, "one\n\"two\"\n"u8.ToArray()),
            new OutputChunk(true, new byte[] { 0, 0xff, 0x41 })],
    };

    /// <summary>So long that it has an index, and with all that is rare: escapes, links among outputs.</summary>
    public static Manifest Large(int each = 200, int padding = 0)
    {
        Manifest sample = Make();
        IReadOnlyList<Observation> seen = sample.Observations;
        StepOutput file = sample.Outputs[^1];
        StepOutput[] outputs =
        [
            .. sample.Outputs,
            file with { PriorState = PriorState.Found, Opening = OutputOpening.Standing, IsOver = true },
            file with { Attributes = "owner=1:2" }, file with { PriorState = PriorState.Kept },
        ];
        return sample with
        {
            Observations =
            [
                .. Enumerable.Range(0, each * seen.Count).Select(i => seen[i % seen.Count] with { Path = Numbered(i) }),
            ],
            Outputs =
            [
                .. Enumerable.Range(0, each * outputs.Length)
                    .Select(i => outputs[i % outputs.Length] with { Path = Numbered(i) }),
            ],
            Printed = [.. sample.Printed, new OutputChunk(false, new byte[padding])],
        };

        static ByteString Numbered(int i) => Bytes($"{i / 100:000}/{i:00000}{(i % 7 == 0 ? "\"" : "")}");
    }

    /// <summary>Puts the right checksum under a text that was tampered with.</summary>
    public static byte[] Seal(ReadOnlySpan<byte> text)
    {
        int tail = text.LastIndexOf(",\n  \"checksum\": \""u8);
        ReadOnlySpan<byte> body = tail < 0 ? text : text[..tail];
        return [.. body, .. Encoding.ASCII.GetBytes($",\n  \"checksum\": \"{TextDigest.Of(body)}\"\n}}\n")];
    }

    private static FileState State(FileType type) => type == FileType.Regular
        ? new FileState(type, 0x1a4, 42, Digest,
            new FileTimes(1_700_000_000_123_456_789, 1_700_000_001_000_000_000, 4711))
        : new FileState(type, 0, 0, default, new FileTimes(-1, 2, ulong.MaxValue));
}
