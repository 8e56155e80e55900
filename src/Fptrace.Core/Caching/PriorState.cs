using Fptrace.Manifests;
using Fptrace.Model;

namespace Fptrace.Caching;

/// <summary>Whether what stands at the outputs' paths now may have been there when the cached run began.</summary>
internal static class PriorState
{
    public static string? Fault(Manifest manifest, StepIdentity step, Dictionary<ByteString, StepOutput> own) => null;
}
