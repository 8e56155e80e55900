using Fptrace.Manifests.Checking;
using Fptrace.Model;

namespace Fptrace.Manifests.Recording;

/// <summary>Observes the symbolic links through which the step's paths led.</summary>
internal sealed partial class RecordedEnd
{
    private IEnumerable<Observation> Links()
    {
        foreach ((ByteString link, ByteString target) in _links)
        {
            ByteString path = Stored(link);
            if (IsOwnOrIgnored(link))
            {
                continue;
            }

            FileState state = CurrentState.StateOf(link, out ByteString now);
            if (state.Type != FileType.Symlink || now != target || WasLinkElsewhere(link))
            {
                Refuse(_records.Count, $"link changed{Reasons.WhileItRan}{Words.Of(path)}");
            }

            yield return new Observation { Path = path, Kind = ObservationKind.Link, Target = target };
        }
    }
}
