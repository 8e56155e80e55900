using Fptrace.Model;

namespace Fptrace.Manifests;

/// <summary>Files that were cut and written where they stood: their modes are those of before, and no observation.</summary>
internal sealed partial class RecordedEnd
{
    private const string Umask = "umask=";
    private readonly Dictionary<ByteString, StepOutput> _earlier = new(PathBytes.Comparer);

    /// <summary>What the mode would be had nothing stood there, as <see cref="StepOutput.ModeAnew"/> says.</summary>
    private uint? ModeAnew(PathRecord record, ByteString path, in FileState state)
    {
        if (!record.IsWrittenInPlace || record.UsesBefore || state.Type != FileType.Regular)
        {
            return null;
        }

        uint anew = record.NewMode is uint asked ? asked & ~UmaskOfStep() : AsMadeBefore(record, path);
        return !record.ExistedBefore || (record.SetsAttributes && (record.ModeBefore == state.Mode || record.ModeBefore == anew)) ? state.Mode : anew;
    }

    /// <summary>cp makes a file in another way where none stands. If an earlier run of the step left this one so, it is as that made it.</summary>
    private uint AsMadeBefore(PathRecord record, ByteString path) =>
        _earlier.TryGetValue(path, out StepOutput? left) && left.State.Mode == record.ModeBefore ? left.ModeAnew ?? left.State.Mode : 0;

    private uint UmaskOfStep()
    {
        foreach (string fact in _step.Machine)
        {
            if (fact.StartsWith(Umask, StringComparison.Ordinal))
            {
                return Convert.ToUInt32(fact[Umask.Length..], 8);
            }
        }

        return 0;
    }
}
