using System.Text;
using Fptrace.Model;

namespace Fptrace.Manifests.Recording;

/// <summary>Handles the files that the tool gave the step as standard streams.</summary>
public sealed partial class ManifestRecorder
{
    // Keys are the files' own paths, and the names of the streams in a trace.
    private readonly Dictionary<ByteString, string> _printed = new(PathBytes.Comparer);

    /// <summary>Records that the tool itself gave the step this file as its standard input.</summary>
    public void Handed(ByteString path)
    {
        AccessFacts? facts = _witness.See(path);
        lock (_gate)
        {
            Observe(facts, LookKind.Read);
        }
    }

    /// <summary>
    /// Records that stdout or stderr of the step is a file. What the step prints there is known, but not what else it
    /// does to the file.
    /// </summary>
    /// <param name="stream">stdout or stderr.</param>
    /// <param name="path">The path of the file; empty if it has no name.</param>
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

    /// <summary>Refuses a run that opens its own output by a name such as /dev/stdout.</summary>
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
            Refuse($"it changed the file of its {stream} by its name: {Shown(path)}");
        }
    }
}
