using Fptrace.Model;

namespace Fptrace.Tracing.Names;

/// <summary>The new file systems that the command mounted on empty directories, where they hide nothing. The ptrace
/// thread's alone.</summary>
internal sealed class NewMounts
{
    // One directory may have several.
    private readonly List<ByteString> _points = [];

    public void Add(ByteString point) => _points.Add(point);

    public bool Has(ByteString point) => _points.Contains(point);

    public void Remove(ByteString point) => _points.Remove(point);
}
