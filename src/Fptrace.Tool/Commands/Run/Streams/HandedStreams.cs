using Fptrace.Linux.Descriptors;
using Fptrace.Manifests;
using Fptrace.Tracing.Plan;

namespace Fptrace.Commands.Run.Streams;

/// <summary>The streams among stdout and stderr that the command gets itself, and what it printed there.</summary>
internal sealed class HandedStreams
{
    private readonly HandedStream?[] _streams = [HandedStream.Find(1), HandedStream.Find(2)];

    // null when the kernel does not tell.
    private readonly bool? _areOneOpenFile;

    public HandedStreams()
    {
        bool isOneFile = _streams[0] is { } output && _streams[1] is { } error && output.IsSameFile(error);
        _areOneOpenFile = isOneFile ? Descriptions.AreOne(1, 2) : false;
        Watch = All.Any() ? new PrintWatch(IsHanded(1), IsHanded(2), All.Any(stream => stream.CanBeRead)) : null;
    }

    public IEnumerable<HandedStream> All => _streams.OfType<HandedStream>();

    /// <summary>Counts what the command writes to them; null when it gets none of them itself.</summary>
    public PrintWatch? Watch { get; }

    public bool IsHanded(int fd) => _streams[fd - 1] is not null;

    public void Begin()
    {
        foreach (HandedStream stream in All)
        {
            stream.Begin();
        }
    }

    public void End()
    {
        foreach (HandedStream stream in All)
        {
            stream.End();
        }
    }

    /// <param name="limit">How many bytes of a stream are kept.</param>
    /// <param name="refusal">Why nobody can tell what was printed, or null.</param>
    public IReadOnlyList<OutputChunk> Read(long limit, out string? refusal)
    {
        refusal = Watch is null ? null : Fault(limit);
        if (Watch is null || refusal is not null)
        {
            return [];
        }

        long output = Watch.Written(0);
        long error = Watch.Written(1);
        if (_streams is [{ } one, { } other] && one.IsSameFile(other))
        {
            if (_areOneOpenFile == true)
            {
                return Chunks(one, output, isError: false, isBoth: true, out refusal);
            }

            if (_areOneOpenFile is null && output + error > 0)
            {
                refusal =
                    "stdout and stderr are one file, and the kernel does not tell whether it was opened once or twice";
                return [];
            }

            if (output > 0 && error > 0)
            {
                if (one.Appends && other.Appends && !one.IsDevice)
                {
                    return Chunks(one, output + error, isError: false, isBoth: true, out refusal);
                }

                refusal =
                    "stdout and stderr are one file that was opened twice, so they overwrite each other; write 2>&1";
                return [];
            }
        }

        var chunks = new List<OutputChunk>();
        for (int i = 0; i < 2 && refusal is null; i++)
        {
            if (_streams[i] is { } stream)
            {
                chunks.AddRange(Chunks(stream, Watch.Written(i), isError: i == 1, isBoth: false, out refusal));
            }
        }

        return refusal is null ? chunks : [];
    }

    private static OutputChunk[] Chunks(HandedStream stream, long written, bool isError, bool isBoth,
        out string? refusal)
    {
        byte[] text = stream.Read(written, out refusal);
        return text.Length > 0 ? [new OutputChunk(isError, text) { IsBoth = isBoth }] : [];
    }

    private string? Fault(long limit)
    {
        for (int i = 0; i < 2; i++)
        {
            if (Watch!.Fault(i) is string fault)
            {
                return $"what it printed on its {HandedStream.NameOf(i + 1)} is not known: {fault}";
            }

            if (Watch.Written(i) > limit)
            {
                return $"it printed more than {limit >> 20} MiB";
            }
        }

        return null;
    }
}
