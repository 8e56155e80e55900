using Fptrace.Manifests.Checking;
using Fptrace.Model;

namespace Fptrace.Manifests.Recording;

/// <summary>What a run that does not count has left behind.</summary>
internal sealed partial class RecordedEnd
{
    /// <summary>Only what the run may have changed is looked at. What cannot be read is left out: nobody compares it
    /// with anything.</summary>
    public (IReadOnlyList<StepOutput> Left, IReadOnlyList<ByteString> Gone) Left(CancellationToken cancellationToken)
    {
        PathRecord[] own = [.. _records.Where(record => record.IsOwn)];
        var states = new StepOutput[own.Length];
        CurrentState.Spread(own.Length, 0, () => new Measure(_step.Root, _ignore) { AllDigests = true }, Look,
            cancellationToken);
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
