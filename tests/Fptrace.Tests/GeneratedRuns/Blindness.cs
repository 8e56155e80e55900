using System.Reflection;
using Fptrace.Manifests;

namespace Fptrace.GeneratedRuns;

/// <summary>What the tool is kept from knowing, so that a wrong skip comes of it: a test that does not find one sees
/// nothing.</summary>
/// <param name="Name">In words.</param>
internal sealed record Blindness(string Name)
{
    public static Blindness None { get; } = new("nothing");

    /// <summary>Takes something out of a manifest that a run left; null: it stays as it is.</summary>
    public Func<Manifest, Manifest>? Forget { get; init; }

    /// <summary>The surroundings that the tool gets, from those of the first run and the present ones.</summary>
    public Func<Surroundings, Surroundings, Surroundings> Tell { get; init; } = (_, now) => now;

    /// <summary>Every kind of observation and every list of a manifest, whichever there are, and the
    /// surroundings.</summary>
    /// <remarks>What stood there before a read-modify-write speaks to the cache alone: to a check its file is an output
    /// like others. No random command asks git.</remarks>
    public static IReadOnlyList<Blindness> All { get; } =
    [
        .. Enum.GetValues<ObservationKind>()
            .Where(kind => kind is not (ObservationKind.ReadModifyWrite or ObservationKind.IndexTimes))
                .Select(kind => new Blindness(kind.ToString())
        {
            Forget = manifest =>
                manifest with
                {
                    Observations = [.. manifest.Observations.Where(observation => observation.Kind != kind)],
                },
        }),
        .. typeof(Manifest).GetProperties().Where(IsList)
            .Select(property => new Blindness(property.Name) { Forget = manifest => Without(manifest, property) }),
        new Blindness("variables") { Tell = (first, now) => now with { Variables = first.Variables } },
        new Blindness("standard input") { Tell = (first, now) => first with { Variables = now.Variables } },
    ];

    private static bool IsList(PropertyInfo property) =>
        property.CanWrite && property.Name is not (nameof(Manifest.Refusals) or nameof(Manifest.Left))
            && property.PropertyType is { IsGenericType: true } type
        && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>);

    private static Manifest Without(Manifest manifest, PropertyInfo property)
    {
        Manifest other = manifest with { };
        property.SetValue(other, Array.CreateInstance(property.PropertyType.GetGenericArguments()[0], 0));
        return other;
    }
}
