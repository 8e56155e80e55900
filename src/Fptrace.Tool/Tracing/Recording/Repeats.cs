namespace Fptrace.Tracing.Recording;

/// <summary>What happens to an access that is recorded already.</summary>
internal enum Repeats
{
    Dropped,
    Recorded,
}
