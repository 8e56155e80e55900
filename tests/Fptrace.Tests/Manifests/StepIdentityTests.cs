using System.Reflection;
using Fptrace.Caching.Keys;
using Fptrace.Manifests.Format;
using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Manifests;

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
        [.. typeof(StepIdentity).GetProperties().Where(property => property.CanWrite).Select(property => property.Name)];

    [Theory]
    [MemberData(nameof(Fields))]
    public void FieldChanged_ChangesBothKeys(string field)
    {
        StepIdentity changed = Changed(field);

        // Values of the environment are compared, and name no manifest.
        Assert.Equal(field == nameof(StepIdentity.Home), Step.Key == changed.Key);
        Assert.NotEqual(CacheKey.Weak(Step, default, anywhere: false), CacheKey.Weak(changed, default, anywhere: false));
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public void FieldChanged_IsADifferenceInWords(string field)
    {
        Assert.Empty(StepComparison.Compare(Step, Changed(null)));
        Assert.All(StepComparison.Compare(Step, Changed(field)), difference => Assert.NotEqual("", difference.Text));
        Assert.NotEmpty(StepComparison.Compare(Step, Changed(field)));
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public void FieldChanged_IsKeptByTheManifest(string field)
    {
        StepIdentity changed = Changed(field);
        ManifestLoad load = ManifestReader.Read(ManifestWriter.Write(new Manifest { Step = changed, ExitCode = 0 }).Span);
        Assert.Null(load.Reason);
        Assert.Empty(StepComparison.Compare(changed, load.Manifest!.Step));
    }

    /// <summary>Only where the root is does not count there, nor the directory but for its place below the root.</summary>
    [Theory]
    [MemberData(nameof(Fields))]
    public void FieldChanged_ChangesTheKeyOfAnyPlace(string field)
    {
        ContentDigest key = CacheKey.Weak(Step, default, anywhere: true);
        Assert.NotEqual(key, CacheKey.Weak(Changed(field), default, anywhere: true));
        StepIdentity moved = Step with { Root = ByteString.Parse("/elsewhere"), Directory = ByteString.Parse("/elsewhere/tree") };
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
            null when property.PropertyType == typeof(StepTerminal) => new StepTerminal { Streams = TerminalStreams.Output },
            null when property.PropertyType == typeof(StandardInput) => new StandardInput { Path = ByteString.Parse("in") },
            null or string when property.PropertyType == typeof(string) => value + "more",
            _ => throw new NotSupportedException($"{field} is a {property.PropertyType}: say here how it changes"),
        });
        return copy;
    }
}
