using Fptrace.Manifests.Checking;
using Fptrace.Model;

namespace Fptrace.Manifests.Recording;

/// <summary>Finds what a run that does not count has left.</summary>
internal sealed partial class RecordedEnd
{
    /// <summary>The state of the paths that the run may have changed.</summary>
    /// <remarks>A file that cannot be read is left out, since nothing is compared with it.</remarks>
    public (IReadOnlyList<StepOutput> Left, IReadOnlyList<ByteString> Gone) Left()
    {
        PathRecord[] own = [.. _records.Where(record => record.IsOwn)];
        var states = new StepOutput[own.Length];
        CurrentState.Spread(own.Length, () => new Measure(_step.Root, _ignore) { AllDigests = true }, Look);
        StepOutput[] left =
            [.. states.Where(output => output.State.Exists
                && (output.State.Type != FileType.Regular || !output.State.Digest.IsEmpty))];
        return ([.. left.OrderBy(output => output.Path)],
            [.. states.Where(output => !output.State.Exists).Select(output => output.Path)]);

        void Look(Measure measure, int i)
        {
            ByteString path = Stored(own[i].Path);
            FileState state = measure.StateAt(path, default, out ByteString target);
            states[i] = new StepOutput { Path = path, State = state, Target = target };
        }
    }
}
