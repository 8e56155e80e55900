using System.Text;
using Fptrace.Model;

namespace Fptrace.Manifests.Recording;

/// <summary>Files that the step has as standard streams, which the tool gave it.</summary>
public sealed partial class ManifestRecorder
{
    // By their own paths, and by those that stand for the streams in a trace.
    private readonly Dictionary<ByteString, string> _printed = new(PathBytes.Comparer);

    /// <summary>The tool itself hands the file to the step, as its standard input.</summary>
    public void Handed(ByteString path)
    {
        AccessFacts? facts = _witness.See(path);
        lock (_gate)
        {
            Observe(facts, content: true);
        }
    }

    /// <summary>The step gets the file of a standard stream itself, and what it prints there is known. All else that it
    /// does to the file is not.</summary>
    /// <param name="stream">stdout or stderr.</param>
    /// <param name="path">Empty for a file without a name.</param>
    public void HandedForPrinting(string stream, ByteString path)
    {
        lock (_gate)
        {
            _printed[new ByteString(Encoding.ASCII.GetBytes("/dev/" + stream))] = stream;
            if (!path.IsEmpty)
            {
                _printed.TryAdd(path, stream);
            }
        }
    }

    /// <summary>/dev/stdout and its like are files of the kernel, and what stands there is none.</summary>
    private void AccessStream(in Access access)
    {
        if (access.Kind is not (AccessKind.Probe or AccessKind.Absent)
            && _printed.TryGetValue(access.Path, out string? stream))
        {
            Refuse(
                $"it opened or changed its {stream} by a name, so what it printed is not known; write to the "
                    + "descriptor, as in >&2");
        }
    }

    private void ChangeStream(ByteString path)
    {
        if (_printed.Count > 0 && _printed.TryGetValue(path, out string? stream))
        {
            Refuse($"it changed the file of its {stream} by its name: {Shown(path.Span)}");
        }
    }
}
