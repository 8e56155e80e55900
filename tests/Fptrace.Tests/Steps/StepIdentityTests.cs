using System.Reflection;
using System.Text;
using Fptrace.Caching.Keys;
using Fptrace.Manifests;
using Fptrace.Manifests.Format;
using Fptrace.Model;

namespace Fptrace.Steps;

/// <summary>A field that is added to a step must reach all that tells steps apart.</summary>
public sealed class StepIdentityTests
{
    private static readonly StepIdentity Step = new()
    {
        Command = [ByteString.Parse("make")],
        Directory = ByteString.Parse("/project/tree"),
        Root = ByteString.Parse("/project"),
    };

    public static TheoryData<string> Fields { get; } =
        [.. typeof(StepIdentity).GetProperties().Where(property => property.CanWrite)
            .Select(property => property.Name)];

    [Theory]
    [MemberData(nameof(Fields))]
    public void FieldChanged_ChangesBothKeys(string field)
    {
        StepIdentity changed = Changed(field);

        // Values of the environment are compared, and name no manifest.
        Assert.Equal(field == nameof(StepIdentity.Home), Step.Key == changed.Key);
        Assert.NotEqual(CacheKey.Weak(Step, default, anywhere: false),
            CacheKey.Weak(changed, default, anywhere: false));
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public void FieldChanged_IsADifferenceInWords(string field)
    {
        Assert.Empty(StepDifferences.Between(Step, Changed(null)));
        Assert.All(StepDifferences.Between(Step, Changed(field)), difference => Assert.NotEqual("", difference.Text));
        Assert.NotEmpty(StepDifferences.Between(Step, Changed(field)));
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public void FieldChanged_IsKeptByTheManifest(string field)
    {
        StepIdentity changed = Changed(field);
        ManifestLoad load =
            ManifestReader.Read(ManifestWriter.Write(new Manifest { Step = changed, ExitCode = 0 }).Span);
        Assert.Null(load.Reason);
        Assert.Empty(StepDifferences.Between(changed, load.Manifest!.Step));
        Assert.Equal(
            CacheKey.Weak(changed, default, anywhere: false),
            CacheKey.Weak(load.Manifest.Step, default, anywhere: false));
        Assert.NotEqual(Json(Step), Json(changed));
    }

    /// <summary>Left out by the visit, it would stay as it is.</summary>
    [Theory]
    [MemberData(nameof(Fields))]
    public void FieldChanged_IsVisited(string field)
    {
        StepIdentity changed = Changed(field);
        Assert.Equal(changed, changed.Visit(new Unchanged()));
        PropertyInfo property = typeof(StepIdentity).GetProperty(field)!;
        Assert.Equal(property.GetValue(Step), property.GetValue(changed.Visit(new FieldsOf(Step))));
    }

    public static TheoryData<string> InputFields { get; } =
    [
        .. typeof(StandardInput).GetProperties().Where(property => property.CanWrite).Select(property => property.Name),
    ];

    [Theory]
    [MemberData(nameof(InputFields))]
    public void FieldOfTheStandardInputChanged_ReachesAll(string field)
    {
        StepIdentity one = Step with { Input = new StandardInput() };
        StandardInput input = one.Input with { };
        PropertyInfo property = typeof(StandardInput).GetProperty(field)!;
        property.SetValue(input, property.GetValue(input) switch
        {
            bool flag => !flag,
            long number => number + 1,
            ByteString => ByteString.Parse("in"),
            ContentDigest => new ContentDigest(1, 2, 3, 4),
            _ => throw new NotSupportedException($"{field} is a {property.PropertyType}: say here how it changes"),
        });
        AssertOther(one, one with { Input = input });
    }

    [Fact]
    public void StreamsOfTheTerminalChanged_ReachAll() => AssertOther(
        Step with { Terminal = new StepTerminal { Streams = TerminalStreams.Output } },
        Step with { Terminal = new StepTerminal { Streams = TerminalStreams.All } });

    /// <summary>Keys stand on disk: if the fields had another order or form, all manifests and results would be
    /// lost.</summary>
    [Fact]
    public void KeysOfAKnownStep_AreThoseOfEarlierVersions()
    {
        var input = new StandardInput { Path = ByteString.Parse("in"), Offset = 3 };
        StepIdentity step = SampleManifest.Make().Step with { Input = input };
        Assert.Equal("3835b5cf4abfa57f8b41055a039e71d2", step.Key);
        Assert.Equal("d39cc898c1617b96", Digest(StepFields.Of(step, anywhere: false)));
        Assert.Equal("17a7a8c8e8e80f41", Digest(StepFields.Of(step, anywhere: true)));

        static string Digest(ReadOnlySpan<byte> fields) => TextDigest.Of(fields);
    }

    private static void AssertOther(StepIdentity one, StepIdentity other)
    {
        Assert.NotEqual(one.Key, other.Key);
        Assert.NotEqual(CacheKey.Weak(one, default, anywhere: false), CacheKey.Weak(other, default, anywhere: false));
        Assert.NotEmpty(StepDifferences.Between(one, other));
        Assert.NotEqual(Json(one), Json(other));
    }

    private static string Json(StepIdentity step) =>
        Encoding.UTF8.GetString(ManifestWriter.Write(new Manifest { Step = step, ExitCode = 0 }).Span);

    /// <summary>Only where the root is does not count there, nor the directory but for its place below the
    /// root.</summary>
    [Theory]
    [MemberData(nameof(Fields))]
    public void FieldChanged_ChangesTheKeyOfAnyPlace(string field)
    {
        ContentDigest key = CacheKey.Weak(Step, default, anywhere: true);
        Assert.NotEqual(key, CacheKey.Weak(Changed(field), default, anywhere: true));
        StepIdentity moved = Step with
        {
            Root = ByteString.Parse("/elsewhere"),
            Directory = ByteString.Parse("/elsewhere/tree"),
        };
        Assert.Equal(key, CacheKey.Weak(moved, default, anywhere: true));
        Assert.NotEqual(Step.Key, moved.Key);
    }

    [Fact]
    public void WordsCutOtherwise_AreAnotherStep()
    {
        StepIdentity one = Step with { Ignore = ["ab"], Extra = ["c"] };
        Assert.NotEqual(one.Key, (Step with { Ignore = ["a"], Extra = ["bc"] }).Key);
        Assert.NotEqual(one.Key, (Step with { Ignore = ["ab", "c"] }).Key);
    }

    /// <summary>A copy with one field that has another value, of whatever type it is.</summary>
    private static StepIdentity Changed(string? field)
    {
        StepIdentity copy = Step with { };
        if (field is null)
        {
            return copy;
        }

        PropertyInfo property = typeof(StepIdentity).GetProperty(field)!;
        object? value = property.GetValue(copy);
        property.SetValue(copy, value switch
        {
            bool flag => !flag,
            int number => number + 1,
            long number => number + 1,
            Enum => Enum.GetValues(property.PropertyType).GetValue(1),
            ByteString path => ByteString.Parse(path + "/sub"),
            IReadOnlyList<ByteString> words => (IReadOnlyList<ByteString>)[.. words, ByteString.Parse("more")],
            IReadOnlyList<string> words => (IReadOnlyList<string>)[.. words, "more"],
            null when property.PropertyType == typeof(StepTerminal) =>
                new StepTerminal { Streams = TerminalStreams.Output },
            null when property.PropertyType == typeof(StandardInput) =>
                new StandardInput { Path = ByteString.Parse("in") },
            null or string when property.PropertyType == typeof(string) => value + "more",
            _ => throw new NotSupportedException($"{field} is a {property.PropertyType}: say here how it changes"),
        });
        return copy;
    }

    /// <summary>Returns what it is given.</summary>
    private sealed class Unchanged : FieldVisitor
    {
        protected override T Visit<T>(T value) => value;
    }

    /// <summary>Returns the fields of another step.</summary>
    private sealed class FieldsOf : FieldVisitor
    {
        private readonly Queue<object?> _fields = new();
        private readonly bool _keeps;

        public FieldsOf(StepIdentity step)
        {
            _keeps = true;
            step.Visit(this);
            _keeps = false;
        }

        protected override T Visit<T>(T value)
        {
            if (_keeps)
            {
                _fields.Enqueue(value);
                return value;
            }

            return (T)_fields.Dequeue()!;
        }
    }

    private abstract class FieldVisitor : IStepVisitor
    {
        public IReadOnlyList<ByteString> Command(IReadOnlyList<ByteString> words) => Visit(words);

        public ByteString Directory(ByteString path) => Visit(path);

        public ByteString Root(ByteString path) => Visit(path);

        public EnvironmentMode Mode(string name, EnvironmentMode mode) => Visit(mode);

        public int Number(string name, int number) => Visit(number);

        public IReadOnlyList<string> Texts(string name, IReadOnlyList<string> texts) => Visit(texts);

        public ByteString Name(string name, ByteString bytes) => Visit(bytes);

        public bool Flag(string name, bool flag) => Visit(flag);

        public StandardInput? Input(StandardInput? input) => Visit(input);

        public StepTerminal? Terminal(StepTerminal? terminal) => Visit(terminal);

        protected abstract T Visit<T>(T value);
    }
}
